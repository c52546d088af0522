"""How a field of a customer is declared: one line in the class `Customer` says everything about it.

One word, its `Content`, says what a field holds. How the field is read from a form and from a table, when it is empty,
and how selections compare it follow from that word; each of these readers says once what it does with each word.
"""

from __future__ import annotations

from enum import Enum
from typing import Any, Final, Literal

from attrs import field

from loyaltycore.kernel.contact import ConsentState

Group = Literal["Name", "Person", "Contact", "Privacy", "Administration", "Further data"]
"""The heading under which a form shows a field."""


class Content(Enum):
    """What a field holds."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    """Several lines, which no storage compares."""

    EMAIL = "email"
    """An e-mail address, found by a lookup that has the field's name."""

    LANGUAGE = "language"
    """ISO 639-1."""

    BRANCH = "branch"
    """The id of a branch."""

    CHOICE = "choice"
    """A member of an enumeration."""

    CONSENT = "consent"
    """A `ConsentState`, which is empty while it is open."""

    DAY = "day"
    """A date that is not in the future."""

    DAY_OF_YEAR = "day_of_year"
    """``MM-DD``."""

    INSTANT = "instant"
    FLAG = "flag"
    NUMBER = "number"
    """A customer number, compared without case by way of the field `number_key`."""

    KEY = "key"
    """A hidden text by which lists are ordered or numbers compared."""

    PHONES = "phones"
    ADDRESSES = "addresses"
    CUSTOM = "custom"
    """The values of the fields that the host application declared."""


Headers = tuple[str, ...]
"""Further names for the column of a table, besides the name and label of its field."""


def meaning(
    label: str,
    group: Group,
    content: Content,
    *,
    length: int = 0,
    only: Enum | None = None,
    choices: type[Enum] | None = None,
    given: bool = True,
    headers: Headers | None = None,
) -> dict[str, Any]:
    """What a field means, as metadata of its attribute; see `CustomerField`."""
    return {
        "label": label,
        "group": group,
        "content": content,
        "length": length,
        "only": only,
        "choices": choices,
        "given": given,
        "headers": headers,
    }


def text(
    label: str,
    group: Group,
    content: Content = Content.TEXT,
    *,
    length: int,
    only: Enum | None = None,
    given: bool = True,
    headers: Headers | None = (),
) -> Any:
    """A field that holds a text and is empty at first."""
    facts = meaning(label, group, content, length=length, only=only, given=given, headers=headers)
    return field(default="", metadata=facts)


def choice(
    label: str, group: Group, choices: type[Enum], *, only: Enum | None = None, headers: Headers = ()
) -> Any:
    """A field that holds a member of an enumeration, or None."""
    facts = meaning(label, group, Content.CHOICE, choices=choices, only=only, headers=headers)
    return field(default=None, metadata=facts)


def day(label: str, group: Group, *, only: Enum | None = None, headers: Headers = ()) -> Any:
    """A field that holds a date that is not in the future, or None."""
    return field(default=None, metadata=meaning(label, group, Content.DAY, only=only, headers=headers))


def consent(label: str, *, headers: Headers = ()) -> Any:
    """A field that holds the answer to a question of consent; none at first."""
    facts = meaning(label, "Privacy", Content.CONSENT, choices=ConsentState, headers=headers)
    return field(default=ConsentState.OPEN, metadata=facts)


def advertising(label: str, *channels: str) -> Any:
    """A field that holds the consent to advertising by a channel, which has several names."""
    return consent(
        label, headers=tuple(each.format(channel) for channel in channels for each in _ADVERTISING)
    )


def derived(label: str, group: Group, content: Content, *, default: Any = "", length: int = 0) -> Any:
    """A field that follows from others, or that the library sets itself."""
    return field(default=default, metadata=meaning(label, group, content, given=False, length=length))


_ADVERTISING: Final = (
    *("Werbung per {}", "Werbung {}", "{}-Werbung", "Einwilligung {}", "Einwilligung per {}"),
    *("consent {}", "{} consent", "advertising by {}", "advertising {}"),
    *("marketing by {}", "marketing {}"),
)
