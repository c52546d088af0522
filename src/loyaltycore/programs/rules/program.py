"""Programs and their revisions: what is assigned to customers, and in which words it was agreed."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from attrs import field, frozen

from loyaltycore.kernel.given import as_tuple
from loyaltycore.kernel.showing import showing


class ProgramState(Enum):
    """Whether a program can be assigned."""

    DRAFT = "draft"
    ACTIVE = "active"
    HIDDEN = "hidden"
    """It is assigned to nobody any more; those who have it keep it."""


@frozen
class SoldBy:
    """An article that sells a program."""

    article: str
    item: str = ""
    """The module that it sells, of a membership."""
    months: int | None = None
    """The term that it sells, of a membership."""


@frozen
class ProgramDraft:
    """What a revision will say once it is published."""

    kind: str
    terms: str
    """The terms of the kind, as JSON."""
    sold_by: tuple[SoldBy, ...] = field(default=(), converter=as_tuple)
    on_card: str = ""
    """What presenting the card does; empty for nothing."""
    branches: tuple[str, ...] = field(default=(), converter=as_tuple)
    """Where it can be used; everywhere if none is named."""
    zone: str = "Europe/Berlin"
    """Where its days begin and end; an IANA name."""


@frozen
class Program:
    """A program that customers can have. Its name only tells it apart."""

    id: str
    """Technical key."""
    name: str
    state: ProgramState
    revision: int
    """The number of the one in force; 0 if none was published."""
    draft: ProgramDraft | None
    """What is to be published."""
    sold_by: tuple[SoldBy, ...] = ()
    """The articles that sell it, of the revision in force."""
    used: bool = False
    """Whether anybody has ever had it: then it is never removed."""
    version: int = 1


@frozen(repr=False)
class ProgramRevision:
    """A program as it was published once; it never changes, and whoever has it keeps its terms."""

    __repr__ = showing("id")

    id: str
    program: str
    number: int
    content: ProgramDraft
    published_at: datetime
    published_by: str
    version: int = 1


def revision_key(program: str, number: int) -> str:
    """The key of a revision."""
    return f"{program}/{number}"
