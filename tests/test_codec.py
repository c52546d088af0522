"""The codec: strict, exact, and one for all."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum

import pytest
from attrs import frozen
from hypothesis import given, strategies as st

from loyaltycore.errors import InvalidInput
from loyaltycore.storing.codec import from_data, from_json, to_data, to_json


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


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
