"""Purposes: what a message is for, what it may say, and how it is worded as long as nobody has saved a template."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from attrs import field, frozen

from loyaltycore.errors import NotFound, RegistrationError
from loyaltycore.kernel.contact import Channel
from loyaltycore.kernel.given import shown, text_of
from loyaltycore.kernel.naming import meant
from loyaltycore.kernel.rendering import MessageText, Placeholder, PlaceholderKind
from loyaltycore.kernel.settings import Option
from loyaltycore.templates.rules.plain import PLAIN

ODD_TEXT: Final = "<b>&\"' {{ x }}{% if %} *_[a](https://b.example)`# \u202e\u05d0\u05d1\u202c \U0001f600\r\nBcc: a@b.example"
"""Of everything that a value may hold, something: markup, a source, both directions, emoji, line ends."""


@frozen
class Purpose:
    """What messages are for."""

    key: str
    """Dotted, for example ``card.ordered``."""
    says: str
    """When such a message is sent."""
    option: Option[str] = field(repr=False)
    """Names the template in use; empty for the texts that ship."""
    placeholders: tuple[Placeholder, ...] = field(repr=False)
    shipped: tuple[MessageText, ...] = field(repr=False)
    """At least one for each channel: German and English."""

    @property
    def channels(self) -> tuple[Channel, ...]:
        """By which ways such a message is sent."""
        return tuple(dict.fromkeys(each.channel for each in self.shipped))


class Purposes(Mapping[str, Purpose]):
    """All purposes of one house by key."""

    def __init__(self, known: Sequence[Purpose]) -> None:
        """Collect them.

        Raises:
            RegistrationError: Two share a key, or a shipped text does not fit its placeholders.
        """
        self._known: dict[str, Purpose] = {}
        for each in known:
            if not isinstance(each, Purpose):
                raise RegistrationError(f"{shown(each)} is no Purpose")
            if each.key in self._known:
                raise RegistrationError(f"the purpose {each.key!r} is registered twice")
            for text in each.shipped:
                for fault in PLAIN.check(text, each.placeholders):
                    raise RegistrationError(
                        f"the purpose {each.key!r}: its text ships with a fault: {fault.message}"
                    )
            self._known[each.key] = each

    def named(self, key: object) -> Purpose:
        """The purpose with that key.

        Raises:
            NotFound: There is none.
        """
        found = self._known.get(text_of(key) or "")
        if found is None:
            raise NotFound("purpose", key, meant(key, self._known))
        return found

    def __getitem__(self, key: str) -> Purpose:
        return self._known[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)


def samples(placeholders: Sequence[Placeholder]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Customers to try a text with: a usual one, one of whom little is known, and one whose every word is odd.

    Everything that a condition may miss is missing in one of them by itself, and in one with all the others.
    """
    usual = {each.path: each.example for each in placeholders}
    gaps = {each.path: _gap(each) for each in placeholders if each.may_be_empty or each.kind in _MISSING}
    yield "usual", nested(usual)
    if gaps:
        yield "bare", nested({**usual, **gaps})
        for path, gap in gaps.items():
            is_off = usual[path] is False
            yield f"with{'' if is_off else 'out'} {path}", nested({**usual, path: True if is_off else gap})
    odd = {each.path: ODD_TEXT for each in placeholders if each.kind is PlaceholderKind.TEXT}
    yield "odd", nested({**usual, **odd})


_MISSING: Final = {PlaceholderKind.FLAG: False, PlaceholderKind.NUMBER: 0}
"""The values of a kind that count as missing."""


def _gap(place: Placeholder) -> object:
    return None if place.may_be_empty else _MISSING[place.kind]


def nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values by the words of their paths.

    Example:
        >>> nested({"customer.name": "Erika", "greeting": "Dear"})
        {'customer': {'name': 'Erika'}, 'greeting': 'Dear'}
    """
    found: dict[str, Any] = {}
    for path, value in values.items():
        *words, last = path.split(".")
        inner = found
        for word in words:
            inner = inner.setdefault(word, {})
        inner[last] = value
    return found
