"""That two customers are two, however much they look alike."""

from __future__ import annotations

from hashlib import sha256

from attrs import frozen

from loyaltycore.kernel.combining import Combining
from loyaltycore.kernel.decisions import Decision, Note
from loyaltycore.kernel.showing import showing


@frozen(repr=False)
class NotDuplicate:
    """Two customers of whom somebody has said that they are two."""

    __repr__ = showing("id", "customer_id", "other_id")

    id: str
    customer_id: str
    other_id: str | None
    said_by: str
    version: int = 1


def pair_id(one: str, other: str) -> str:
    """The key of a pair, whichever is named first."""
    return sha256("\n".join(sorted((one, other))).encode()).hexdigest()


def declare_distinct(one: str, other: str, known: NotDuplicate | None, actor: str) -> Decision[NotDuplicate]:
    """Say that two customers are two; nothing happens if that is known."""
    if known is not None:
        return Decision(known)
    first, second = sorted((one, other))
    said = NotDuplicate(pair_id(one, other), first, second, actor)
    return Decision(said, add=(said,), notes=(Note("merge.not_duplicates", after=said),))


def combine_pairs(mine: NotDuplicate, _theirs: NotDuplicate, _by: Combining) -> tuple[NotDuplicate, None]:
    """Both were said to be two from the same third one: once is enough."""
    return mine, None
