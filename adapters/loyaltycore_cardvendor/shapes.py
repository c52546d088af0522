"""A few shapes for checking JSON data; all errors are reported at once, each with a JSON pointer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

Errors = list[dict[str, str]]


class Shape(Protocol):
    """Something that data can be checked against."""

    def check(self, value: Any, pointer: str, errors: Errors) -> None:
        """Note what is wrong with `value`, which is at `pointer`."""
        ...


def note(errors: Errors, pointer: str, code: str, detail: str) -> None:
    """Note one error."""
    errors.append({"pointer": pointer, "code": code, "detail": detail})


@dataclass(frozen=True)
class Text:
    """A text."""

    most: int
    """Greatest number of characters."""
    pattern: str = "(?s:.*)"
    """What it must be as a whole."""
    alphabet: str = ""
    """A class of characters; any other is an error of its own kind."""
    empty: bool = False
    """Whether it may be empty."""
    blank: bool = False
    """Whether it may consist of blanks."""

    def check(self, value: Any, pointer: str, errors: Errors) -> None:
        """Note the first thing that is wrong."""
        if not isinstance(value, str):
            note(errors, pointer, "wrong_type", "must be a text")
        elif not value:
            if not self.empty:
                note(errors, pointer, "required", "must not be empty")
        elif len(value) > self.most:
            note(errors, pointer, "too_long", f"at most {self.most} characters")
        elif self.alphabet and not re.fullmatch(f"{self.alphabet}*", value):
            note(errors, pointer, "unprintable_character", "holds a character that cannot be printed")
        elif self.alphabet and not self.blank and not value.strip(" "):
            note(errors, pointer, "required", "must not be blank")
        elif not re.fullmatch(self.pattern, value):
            note(errors, pointer, "bad_format", "has a wrong form")


@dataclass(frozen=True)
class Choice:
    """One of some words."""

    words: frozenset[str]

    def check(self, value: Any, pointer: str, errors: Errors) -> None:
        """Note an unknown word."""
        if not isinstance(value, str):
            note(errors, pointer, "wrong_type", "must be a text")
        elif value not in self.words:
            note(errors, pointer, "unknown_choice", f"must be one of {', '.join(sorted(self.words))}")


@dataclass(frozen=True)
class Many:
    """A list."""

    item: Shape
    most: int
    least: int = 0

    def check(self, value: Any, pointer: str, errors: Errors) -> None:
        """Note a wrong length, or what is wrong with each item."""
        if not isinstance(value, list):
            note(errors, pointer, "wrong_type", "must be a list")
        elif len(value) < self.least:
            note(errors, pointer, "required", "must not be empty")
        elif len(value) > self.most:
            note(errors, pointer, "too_many", f"at most {self.most} items")
        else:
            for number, item in enumerate(value):
                self.item.check(item, f"{pointer}/{number}", errors)


@dataclass(frozen=True)
class Record:
    """An object with known members and no others."""

    required: Mapping[str, Shape]
    optional: Mapping[str, Shape] = field(default_factory=dict)

    def check(self, value: Any, pointer: str, errors: Errors) -> None:
        """Note what is missing, what is unknown, and what is wrong with each member."""
        if not isinstance(value, dict):
            note(errors, pointer, "wrong_type", "must be an object")
            return
        for name in self.required.keys() - value.keys():
            note(errors, f"{pointer}/{name}", "required", "is missing")
        for name, member in value.items():
            shape = self.required.get(name) or self.optional.get(name)
            if shape is None:
                note(errors, f"{pointer}/{_escaped(name)}", "unknown_field", "is not in the contract")
            else:
                shape.check(member, f"{pointer}/{name}", errors)


def _escaped(name: str) -> str:
    """Escape a name for a JSON pointer, including what no answer could carry."""
    return name.replace("~", "~0").replace("/", "~1").encode("utf-8", "replace").decode()
