"""Issuers of cards that are not one's own: a partner's card names who can help."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from attrs import evolve, field, frozen

from loyaltycore.kernel.decisions import Decision, Note
from loyaltycore.kernel.given import as_tuple
from loyaltycore.kernel.validation import Faults

MOST_PREFIXES: Final = 100
_LONGEST_PREFIX: Final = 20
_NAME_LENGTH: Final = 100
_MESSAGE_LENGTH: Final = 500


@frozen
class Issuer:
    """Somebody who issues cards."""

    id: str
    name: str
    prefixes: tuple[str, ...] = field(converter=as_tuple)
    """How the numbers of its cards begin."""
    message: str = ""
    """What to tell whoever presents such a card."""
    version: int = 1


def read_issuer(key: object, name: object, prefixes: Sequence[str], message: object) -> Issuer:
    """Check an issuer."""
    with Faults() as faults:
        found = faults.items("prefixes", prefixes, most=MOST_PREFIXES, required=True)
        read = tuple(_read_prefix(faults, f"prefixes.{place}", each) for place, each in enumerate(found))
        return Issuer(
            faults.key("key", key),
            faults.text("name", name, limit=_NAME_LENGTH, required=True),
            read,
            faults.text("message", message, limit=_MESSAGE_LENGTH, multiline=True),
        )


def save_issuer(issuer: Issuer, before: Issuer | None) -> Decision[Issuer]:
    """Keep an issuer, or replace what is kept of it."""
    if before is None:
        return Decision(issuer, add=(issuer,), notes=(Note("issuer.saved", after=issuer),))
    after = evolve(issuer, version=before.version)
    if after == before:
        return Decision(before)
    return Decision(after, save=(after,), notes=(Note("issuer.saved", before, after),))


def remove_issuer(issuer: Issuer) -> Decision[None]:
    """Forget an issuer."""
    return Decision(None, remove=(issuer,), notes=(Note("issuer.removed", before=issuer),))


def issuer_of(issuers: Iterable[Issuer], number: str) -> Issuer | None:
    """Who issued a card of a number: the longest prefix counts."""
    fitting = [
        (len(prefix), issuer.id, issuer)
        for issuer in issuers
        for prefix in issuer.prefixes
        if number.startswith(prefix)
    ]
    return max(fitting, key=lambda each: each[:2])[2] if fitting else None


def _read_prefix(faults: Faults, name: str, given: object) -> str:
    prefix = faults.text(name, given, limit=_LONGEST_PREFIX, required=True)
    if prefix and not prefix.isalnum():
        faults.note(name, "bad_prefix", "must be letters and digits")
    return prefix
