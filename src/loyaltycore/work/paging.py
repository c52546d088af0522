"""Pages of a stable order, with an opaque cursor that leads to the next one."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from typing import Any, Generic, TypeVar

from attrs import frozen

from loyaltycore.errors import Fault, InvalidInput
from loyaltycore.kernel.criteria import Criterion
from loyaltycore.kernel.given import text_of
from loyaltycore.kernel.validation import Faults
from loyaltycore.work.unit import Unit

T = TypeVar("T")

LONGEST_PAGE = 500

LONGEST_CURSOR = 10_000
"""In characters; a position holds a few short texts."""


@frozen
class Page(Generic[T]):
    """A portion of an answer."""

    items: tuple[T, ...]
    """The records, in order."""
    next: str = ""
    """Pass it as `after` to get the next page; empty at the end."""


@frozen
class Portion:
    """Which portion of which order is wanted."""

    order_by: tuple[str, ...]
    """The order: names of text fields, `-` before a name for descending."""
    count: int
    after: tuple[Any, ...] | None
    """The position after which it starts, or None."""
    mark: str = ""
    """Which records and order that position belongs to, see `mark_of`; empty at the beginning."""


def read_portion(faults: Faults, order_by: tuple[str, ...], limit: object, after: object) -> Portion:
    """Read the arguments for a page; `find_page` checks which records the cursor belongs to."""
    types = (str,) * (len(order_by) + 2)
    count = faults.parsed("limit", lambda: read_limit(limit), 1)
    cursor = faults.parsed("after", lambda: read_cursor(after, types), None)
    return Portion(order_by, count, cursor[1:], cursor[0]) if cursor else Portion(order_by, count, None)


def find_page(unit: Unit, cls: type[T], where: Criterion, portion: Portion) -> Page[T]:
    """Read one page of records whose key is ``id``, and one record more to know whether there is another page.

    Raises:
        InvalidInput: ``bad_cursor``; the cursor belongs to other records, or to another order of them.
    """
    mark = mark_of(cls, portion.order_by)
    if portion.after is not None and portion.mark != mark:
        raise bad_cursor()
    found = tuple(
        unit.find(cls, where, order_by=portion.order_by, after=portion.after, limit=portion.count + 1)
    )
    shown = found[: portion.count]
    if len(found) <= portion.count:
        return Page(shown)
    names = (*(name.removeprefix("-") for name in portion.order_by), "id")
    return Page(shown, write_cursor((mark, *(getattr(shown[-1], name) for name in names))))


def mark_of(cls: type[Any], order_by: tuple[str, ...]) -> str:
    """The part of a cursor that stands for its records and their order."""
    # Elsewhere the position would mean another one, or the end: nobody would notice. A mark is no secret.
    return f"{zlib.crc32(f'{cls.__qualname__} {order_by}'.encode()):x}"


def read_limit(limit: object) -> int:
    """Check the length of a page.

    Raises:
        InvalidInput: It is not an integer between 1 and 500.
    """
    with Faults() as faults:
        return faults.integer("limit", limit, least=1, most=LONGEST_PAGE, default=50)


def write_cursor(position: tuple[Any, ...]) -> str:
    """Turn a position (texts and integers) into an opaque text."""
    return base64.urlsafe_b64encode(json.dumps(position).encode()).decode("ascii")


def read_cursor(cursor: object, types: tuple[type, ...]) -> tuple[Any, ...] | None:
    """Turn the text back into a position; an empty text is the beginning.

    Args:
        cursor: What `write_cursor` returned, or an empty text.
        types: The types in a position.

    Raises:
        InvalidInput: ``bad_cursor``; the text was not made here, or for another order.
    """
    if cursor is None:
        return None
    text = text_of(cursor)
    if text is None or len(text) > LONGEST_CURSOR:
        raise bad_cursor()
    if not text:
        return None
    try:
        position = json.loads(base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        raise bad_cursor() from None
    if not isinstance(position, list) or [type(part) for part in position] != list(types):
        raise bad_cursor()
    return tuple(position)


def bad_cursor() -> InvalidInput:
    """The error for a cursor that leads to no page."""
    return InvalidInput([Fault("after", "bad_cursor", "is not the cursor of this list")])
