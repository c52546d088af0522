"""What Splink is told, whichever engine it compares with."""

from __future__ import annotations

from typing import Final

from splink import SettingsCreator, block_on

from loyaltycore.customers.rules.model import PRIOR
from loyaltycore.merging.rules.chances import Sample, chances_of
from loyaltycore_splink.comparisons import comparisons

MOST_OF_A_KEY: Final = 200
"""A key that more people share says nothing, as a date of birth that stands for none."""


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
