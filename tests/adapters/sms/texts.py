"""Texts for the tests of gateways."""

from __future__ import annotations

from loyaltycore.ports import SmsText

ERIKA = "+491701234567"
SECRET = "a-secret-that-nobody-guesses"
KEY = "k3y-of-the-shop"


def a_text(words: str = "Ihre Karte ist da.", own_id: str = "id-1", to: str = ERIKA) -> SmsText:
    """A text that every gateway takes."""
    return SmsText(own_id, to, words)
