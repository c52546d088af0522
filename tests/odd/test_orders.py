"""Orders and rules are values that callers make: whatever stands in any field of them is refused by name, or read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import attrs
import pytest
from attrs import evolve

from loyaltycore import InvalidInput, Money, NotFound, Refused
from loyaltycore.sales import Order, OrderLine, PromotionTerms, Rule, When, Where, percent
from tests.house import House, build_house
from tests.odd.values import ODD
from tests.services.test_vouchers import KEYS

LINE: Final = OrderLine("1", "a", Money(100, "EUR"), groups=["g"], tax="19")
ORDER: Final = Order("R-1", None, [LINE], rates={"19": 1900})
RULE: Final = Rule("r", percent(10))


@pytest.fixture(scope="module")
def house() -> House:
    return build_house(code_keys=KEYS)


def _with(record: Any, value: Any) -> Iterator[tuple[str, Any]]:
    """The record with the value in each of its fields, and in each list and mapping."""
    for each in attrs.fields(type(record)):
        name = each.name
        yield name, evolve(record, **{name: value})
        if isinstance(getattr(record, name), tuple):
            yield f"{name}[]", evolve(record, **{name: [value]})
        if isinstance(getattr(record, name), dict):
            yield f"{name}{{}}", evolve(record, **{name: {"19": value}})


def _wrong(call: Callable[[Any], Any], tried: Iterator[tuple[str, Any]]) -> dict[str, str]:
    found = {}
    for name, value in tried:
        try:
            call(value)
        except (InvalidInput, NotFound, Refused):
            continue
        except Exception as error:  # noqa: BLE001  that is what this is about
            found[name] = repr(error)[:100]
    return found


@pytest.mark.parametrize("name", ODD)
def test_odd_orders(house: House, name: str) -> None:
    """Every field of an order and of a line."""
    sales = house.desk.sales
    assert _wrong(sales.quote, _with(ORDER, ODD[name]())) == {}
    assert _wrong(lambda line: sales.quote(evolve(ORDER, lines=[line])), _with(LINE, ODD[name]())) == {}


@pytest.mark.parametrize("name", ODD)
def test_odd_rules(house: House, name: str) -> None:
    """Every field of a rule, of what it is about, and of when it holds."""

    def define(rule: Rule) -> None:
        house.desk.programs.define("odd", PromotionTerms([rule]), name="Odd")

    assert _wrong(define, _with(RULE, ODD[name]())) == {}
    assert _wrong(lambda where: define(evolve(RULE, where=where)), _with(Where(), ODD[name]())) == {}
    assert _wrong(lambda when: define(evolve(RULE, when=when)), _with(When(), ODD[name]())) == {}
