"""What Splink is told, whichever engine it compares with."""

from __future__ import annotations

from typing import Final

from splink import SettingsCreator, block_on

from loyaltycore.customers.rules.model import PRIOR
from loyaltycore.merging.rules.chances import Sample, chances_of
from loyaltycore_splink.comparisons import comparisons

MOST_OF_A_KEY: Final = 200
"""A key that more people share says nothing, as a date of birth that stands for none."""

_WITHOUT_COMMON_KEYS: Final = """
WITH held AS (SELECT unique_id, unnest(keys) AS key FROM loaded),
     rare AS (SELECT key FROM held GROUP BY key HAVING count(*) BETWEEN 2 AND {most}),
     kept AS (SELECT unique_id, list(key) AS keys FROM held SEMI JOIN rare USING (key) GROUP BY unique_id)
SELECT loaded.* EXCLUDE (keys), coalesce(kept.keys, []) AS keys FROM loaded LEFT JOIN kept USING (unique_id)
"""


def settings_of(sample: Sample) -> SettingsCreator:
    """Those who share a key are compared.

    Args:
        sample: Of the people, for how often they agree by chance.
    """
    return SettingsCreator(
        link_type="dedupe_only",
        probability_two_random_records_match=1 / (1 + 2**-PRIOR),
        comparisons=[*comparisons(chances_of(sample.people))],
        blocking_rules_to_generate_predictions=[block_on("keys", arrays_to_explode=["keys"])],
        retain_matching_columns=False,
    )


def without_common_keys() -> str:
    """The table ``loaded`` without the keys of too many, and without those of nobody else, as a query of DuckDB."""
    return _WITHOUT_COMMON_KEYS.format(most=MOST_OF_A_KEY)
