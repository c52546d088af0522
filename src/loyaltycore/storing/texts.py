"""Values as JSON, prepared once for each kind of value.

Texts, choices, truth values, whole numbers, what may be None, and lists of records of them, which are nearly everything, are written without being turned
into plain data first. What is of another kind, or not of the kind that it is declared to be, is left to the codec.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum
from functools import cached_property, partial
from itertools import chain, islice, repeat
from json.encoder import encode_basestring
from operator import attrgetter, call
from typing import Any, Final

import attrs

from loyaltycore.kernel.canonical import canonical_json

_MANY: Final = 4
"""From how many instances on it pays to write them attribute by attribute."""

Write = Callable[[Any], str]
"""Writes a value; raises `AttributeError` or `TypeError` if it is not what it is declared to be."""


def writer(kind: Any, rest: Callable[[Any], Write]) -> Write:
    """How the values of a kind are written.

    Args:
        kind: What they are declared as.
        rest: How the codec writes the values of a kind.
    """
    if kind is str:
        return encode_basestring
    if kind is bool:
        return _truth
    if kind is int:
        return _integer
    if typing.get_origin(kind) in {typing.Union, types.UnionType}:
        return _choice(kind, rest)
    if kind is Any:
        return _Anything(rest(kind)).write
    if typing.get_origin(kind) is tuple and typing.get_args(kind)[1:] == (...,):
        return _List(writer(typing.get_args(kind)[0], rest)).write
    if isinstance(kind, type) and issubclass(kind, Enum):
        return lambda value: encode_basestring(value.value)
    if isinstance(kind, type) and attrs.has(kind) and all(map(_is_usual, _attributes(kind))):
        return _Record(kind, rest).write
    if typing.get_origin(kind) is Mapping:
        return _mapping(rest(kind))
    return rest(kind)


def _mapping(write: Write) -> Write:
    return lambda value: "{}" if type(value) is dict and not value else write(value)


def _attributes(cls: type[attrs.AttrsInstance]) -> tuple[attrs.Attribute[Any], ...]:
    attributes: tuple[attrs.Attribute[Any], ...] = attrs.fields(attrs.resolve_types(cls))
    return attributes


def _is_usual(attribute: attrs.Attribute[Any]) -> bool:
    """Whether the codec writes it, and under its own name."""
    return attribute.init and typing.get_origin(attribute.type) is not typing.Annotated


def _truth(value: Any) -> str:
    if type(value) is not bool:
        raise TypeError
    return "true" if value else "false"


def _integer(value: Any) -> str:
    if type(value) is not int:
        raise TypeError
    return str(value)


def _choice(kind: Any, rest: Callable[[Any], Write]) -> Write:
    """How a value that may be None is written; what is one of several kinds is left to the codec."""
    kinds = [each for each in typing.get_args(kind) if each is not type(None)]
    if len(kinds) > 1:
        return rest(kind)
    write = writer(kinds[0], rest)
    return lambda value: "null" if value is None else write(value)


def for_all(write: Write) -> Callable[[Sequence[Any]], Iterable[str]]:
    """How many values are written, as `writer` writes one."""
    owner = getattr(write, "__self__", None)
    return owner.write_all if isinstance(owner, _Anything | _List | _Record) else partial(map, write)


class _List:
    """Writes tuples of values that are of one kind."""

    def __init__(self, write: Write) -> None:
        self._write_all = for_all(write)

    def write(self, values: Any) -> str:
        """Write one tuple."""
        if type(values) is not tuple:
            raise TypeError
        return f"[{','.join(self._write_all(values))}]"

    def write_all(self, many: Sequence[Any]) -> Iterable[str]:
        """Write many tuples, their values all together."""
        if not {tuple}.issuperset(map(type, many)):
            raise TypeError
        texts = iter(self._write_all(list(chain.from_iterable(many))))
        return [f"[{','.join(islice(texts, len(values)))}]" for values in many]


class _Anything:
    """Writes plain data, and whatever else there is."""

    def __init__(self, rest: Write) -> None:
        self._rest = rest
        self._writers: Mapping[type, Write] = {
            str: encode_basestring,
            type(None): {None: "null"}.__getitem__,
            **dict.fromkeys((bool, int, list, dict), canonical_json),
        }

    def write(self, value: Any) -> str:
        """Write one value."""
        return self._writers.get(type(value), self._rest)(value)

    def write_all(self, values: Sequence[Any]) -> Iterable[str]:
        """Write many values, without a step of Python for each."""
        writers = map(self._writers.get, map(type, values), repeat(self._rest))
        return map(call, writers, values)


class _Record:
    """Writes instances of an attrs class: their attributes in alphabetical order."""

    def __init__(self, cls: type[attrs.AttrsInstance], rest: Callable[[Any], Write]) -> None:
        self._rest = rest
        self._attributes = sorted(_attributes(cls), key=attrgetter("name"))
        self._text = f"{{{','.join(f'{encode_basestring(each.name)}:%s' for each in self._attributes)}}}"

    @cached_property
    def _parts(self) -> list[tuple[Callable[[Any], Any], Write]]:
        """How each attribute is got and written; made late, because a class may hold itself."""
        return [(attrgetter(each.name), writer(each.type, self._rest)) for each in self._attributes]

    def write(self, value: Any) -> str:
        """Write one instance."""
        return self._text % tuple([write(get(value)) for get, write in self._parts])

    def write_all(self, values: Sequence[Any]) -> Iterable[str]:
        """Write many instances, attribute by attribute."""
        if len(values) < _MANY or not self._attributes:
            return map(self.write, values)
        columns = [for_all(write)(list(map(get, values))) for get, write in self._parts]
        return map(self._text.__mod__, zip(*columns, strict=True))
