"""Mails and addresses for the tests; no two tests share an address."""

from __future__ import annotations

import itertools
from typing import Any

from loyaltycore.ports.messaging import Email

SENDER = "shop@laden.example"

_numbers = itertools.count(1000)


def fresh_address() -> str:
    """An address that nobody has used."""
    return f"kunde{next(_numbers)}@kunde.example"


def make_mail(*to: str, **fields: Any) -> Email:
    """A short mail; any field may be given."""
    known: dict[str, Any] = {
        "message_id": f"m{next(_numbers)}",
        "subject": "Ihre Karte",
        "text": "Sie liegt bereit.\n",
    }
    return Email(to=to, **{**known, **fields})
