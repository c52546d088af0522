"""The codec: strict, exact, and one for all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Generic, TypeVar

import pytest
from attrs import field, frozen, make_class
from cattrs import override
from hypothesis import given, strategies as st

from loyaltycore.errors import InvalidInput
from loyaltycore.kernel.canonical import canonical_json
from loyaltycore.storing.codec import all_to_json, from_data, from_json, to_data, to_json

K = TypeVar("K")


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class Size(Enum):
    SMALL = 1


@frozen
class Inner:
    text: str
    day: date | None = None


@frozen
class Everything:
    text: str
    number: int
    flag: bool
    colour: Colour
    at: datetime
    exact: Decimal
    raw: bytes
    inner: tuple[Inner, ...]
    tags: frozenset[str]
    maybe: Inner | None = None


zones = st.timedeltas(timedelta(hours=-14), timedelta(hours=14)).map(
    lambda delta: timezone(timedelta(minutes=delta // timedelta(minutes=1)))
)
values = st.builds(
    Everything,
    text=st.text(),
    number=st.integers(),
    flag=st.booleans(),
    colour=st.sampled_from(Colour),
    at=st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1), timezones=zones),  # noqa: DTZ001  zones are drawn
    exact=st.decimals(allow_nan=False, allow_infinity=False),
    raw=st.binary(),
    inner=st.lists(st.builds(Inner, st.text(), st.none() | st.dates())).map(tuple),
    tags=st.frozensets(st.text(max_size=5)),
    maybe=st.none() | st.builds(Inner, st.text()),
)


@given(values)
def test_every_value_comes_back_equal(value: Everything) -> None:
    """JSON and back is the same value; instants come back in UTC; the text is canonical."""
    text = to_json(value)
    back = from_json(text, Everything)
    assert back == value
    assert back.at.tzinfo is UTC
    assert to_json(back) == text


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("text", 1),
        ("number", "1"),
        ("number", True),
        ("number", 1.0),
        ("flag", 1),
        ("colour", "green"),
        ("at", "2026-01-01T00:00:00"),
        ("at", 5),
        ("raw", "not base64!"),
        ("inner", [{"text": 1}]),
        ("inner", [{"text": "a", "more": 1}]),
    ],
)
def test_scalars_are_never_converted_and_unknown_keys_never_dropped(field: str, wrong: object) -> None:
    """A value of the wrong type is a fault with its place."""
    good = to_data(
        Everything("a", 1, False, Colour.RED, datetime.now(UTC), Decimal(1), b"x", (Inner("a"),), frozenset())
    )
    with pytest.raises(InvalidInput) as error:
        from_data({**good, field: wrong}, Everything)
    assert any(field in fault.field for fault in error.value.faults)


def test_a_naive_instant_cannot_be_written() -> None:
    """What has no time zone never gets into a store."""
    with pytest.raises(ValueError, match="time zone"):
        to_json([datetime(2026, 1, 1)])  # noqa: DTZ001  wrong on purpose


@pytest.mark.parametrize("text", ["", "{", "nul", '{"text": 1', "[]"])
def test_broken_json_is_an_input_error(text: str) -> None:
    """Cut or foreign JSON raises our error, never the parser's."""
    with pytest.raises(InvalidInput):
        from_json(text, Everything)


@frozen
class Loose:
    text: str
    flag: bool
    colour: Colour
    inner: tuple[Inner, ...]
    anything: Any


odd = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.dates()
    | st.sampled_from(Colour)
    | st.sampled_from(Size)
    | st.builds(Inner, st.text() | st.integers(), st.none() | st.dates() | st.text()),
    lambda inside: (
        st.lists(inside) | st.lists(inside).map(tuple) | st.dictionaries(st.text() | st.booleans(), inside)
    ),
    max_leaves=6,
)


def _outcome(write: Callable[[], str]) -> object:
    try:
        return write()
    except Exception as error:  # noqa: BLE001  whichever it is, both raise it
        return type(error)


@given(st.builds(Loose, odd, odd, odd, odd, odd) | odd)
def test_json_is_the_canonical_text_of_the_plain_data(value: object) -> None:
    """Whatever a value holds, of the kinds that are declared or not, one way to write it says what the other says."""
    assert _outcome(lambda: to_json(value)) == _outcome(lambda: canonical_json(to_data(value)))
    for kind in (str, bool, Any, Colour, Size, Inner, tuple[Inner, ...], tuple[Any, ...], dict[str, Any]):
        plain = _outcome(lambda kind=kind: canonical_json(to_data(value, None if kind is Any else kind)))
        assert _outcome(lambda kind=kind: to_json(value, kind)) == plain


@given(st.lists(odd | st.lists(st.builds(Inner, st.text()) | odd, max_size=6).map(tuple), max_size=6))
def test_many_values_are_written_as_each_of_them(values: list[object]) -> None:
    """What one of them cannot be written as, all of them together cannot."""

    def texts(write: Callable[[], list[str]]) -> list[str] | None:
        try:
            return write()
        except Exception:  # noqa: BLE001  whichever of them raises it
            return None

    for kind in (str, Any, Colour, Inner, tuple[Inner, ...], tuple[Any, ...], dict[str, Any]):
        each = texts(lambda kind=kind: [to_json(value, kind) for value in values])
        assert texts(lambda kind=kind: all_to_json(values, kind)) == each


@frozen
class Renamed:
    shown: Annotated[str, override(rename="other")]


@frozen
class Hiding:
    shown: str
    hidden: str = field(default="", init=False)


@frozen
class Kept(Generic[K]):
    kept: K


Untyped = make_class("Untyped", ["thing"])


@frozen
class Nest:
    nests: tuple[Nest, ...] = ()


@pytest.mark.parametrize(
    "value",
    [
        Renamed("a"),
        Hiding("a"),
        Kept(Colour.RED),
        Untyped(date.min),
        Nest((Nest(), Nest((Nest(),)))),
    ],
)
def test_classes_that_say_how_they_are_written_are_written_so(value: object) -> None:
    """Other names, attributes that nobody gives or types, and classes that hold themselves."""
    assert to_json(value) == canonical_json(to_data(value))


def test_what_can_be_read_once_is_written_once() -> None:
    """Whatever stands in the place of a tuple."""
    assert to_json(iter([Inner("a"), Inner("b")]), tuple[Inner, ...]) == to_json((Inner("a"), Inner("b")))
