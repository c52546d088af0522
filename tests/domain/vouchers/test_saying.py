"""Whatever a till can be told about programs and vouchers can be read out."""

from __future__ import annotations

from loyaltycore.vouchers import sentence
from loyaltycore.vouchers.rules.saying import SENTENCES
from tests.docs.pages import ROOT, table

PAGE = ROOT / "docs" / "reference" / "refusals.md"


def test_every_refusal_has_a_sentence_in_german_and_in_english() -> None:
    """No code is without one, and none is there that is never raised."""
    told = {row["Code"] for heading in ("Programs", "The ledger", "Vouchers") for row in table(PAGE, heading)}
    assert set(SENTENCES) == told | {"voucher.not_usable"}
    for each in SENTENCES.values():
        assert each.de.endswith(".")
        assert each.en.endswith(".")


def test_a_language_is_told_by_its_beginning() -> None:
    """Austrian German is German; what nobody has translated is English."""
    assert sentence("voucher.void", "de-AT") == "Der Gutschein ist ungültig."
    assert sentence("voucher.void", "fr") == "The voucher is void."
    assert sentence("something.else", "en") == "Sorry, this is not possible."
