"""Rules as they are given: everything that is wrong with one, noted at once."""

from __future__ import annotations

import re
from typing import Any, Final

from loyaltycore.kernel.money import Money
from loyaltycore.kernel.pricing.benefits import (
    AmountOff,
    Catalog,
    CatalogPrice,
    Cheapest,
    Earning,
    ForEvery,
    Gift,
    Percent,
    SetPrice,
)
from loyaltycore.kernel.pricing.judging import currencies_of
from loyaltycore.kernel.pricing.order import MOST_UNITS, WHOLE, WORD_LENGTH, check_money
from loyaltycore.kernel.pricing.rule import (
    Basis,
    Choice,
    Every,
    Limit,
    OnReturn,
    Per,
    Phase,
    Rounding,
    Rule,
    When,
    Where,
)
from loyaltycore.kernel.validation import Faults

_CLOCK: Final = re.compile("([01][0-9]|2[0-3]):[0-5][0-9]")

MOST_NAMED: Final = 1000
"""Articles, groups, branches or prices that a rule may name."""
MOST_LIMITS: Final = 10
GREATEST_PRIORITY: Final = 1_000_000
GREATEST_POINTS: Final = 1_000_000
GREATEST_USES: Final = 10**9
"""How many uses a limit may allow."""


def check_rule(faults: Faults, rule: Rule) -> None:
    """Note everything that is wrong with a rule."""
    if type(rule) is not Rule:
        faults.note("$", "wrong_type", "must be a Rule")
        return
    faults.text("id", rule.id, limit=WORD_LENGTH, required=True)
    for name in ("name", "group"):
        faults.text(name, getattr(rule, name), limit=WORD_LENGTH)
    faults.choice("phase", rule.phase, Phase)
    faults.choice("choice", rule.choice, Choice)
    faults.choice("rounding", rule.rounding, Rounding)
    _check_on_return(faults, rule)
    faults.integer("priority", rule.priority, least=-GREATEST_PRIORITY, most=GREATEST_PRIORITY)
    _check_words(faults, "excludes", rule.excludes)
    if rule.cap is not None:
        check_money(faults, "cap", rule.cap)
    _check_where(faults.at("where"), rule.where)
    _check_when(faults.at("when"), rule.when)
    check_limits(faults, rule.limits)
    _check_benefit(faults.at("benefit"), rule)
    if len(currencies_of(rule)) > 1:
        faults.note("benefit", "mixed_currency", "names amounts of several currencies")


def _check_on_return(faults: Faults, rule: Rule) -> None:
    faults.choice("on_return", rule.on_return, OnReturn)
    if rule.on_return is OnReturn.KEEP or type(rule.when) is not When:
        return
    if rule.phase is Phase.EARN or not (rule.when.least_amount or rule.when.least_quantity):
        faults.note("on_return", "unused", "is about prices with a least amount or quantity")


def _check_where(faults: Faults, where: Where) -> None:
    if type(where) is not Where:
        faults.note("$", "wrong_type", "must be a Where")
        return
    for name in ("articles", "groups", "without_articles", "without_groups"):
        _check_words(faults, name, getattr(where, name))


def _check_when(faults: Faults, when: When) -> None:
    if type(when) is not When:
        faults.note("$", "wrong_type", "must be a When")
        return
    starts_on, ends_on = faults.day("starts_on", when.starts_on), faults.day("ends_on", when.ends_on)
    if starts_on and ends_on and ends_on < starts_on:
        faults.note("ends_on", "before_start", "is before the first day")
    for place, weekday in enumerate(faults.items("weekdays", when.weekdays, most=7)):
        faults.integer(f"weekdays[{place}]", weekday, least=0, most=6, required=True)
    for name in ("branches", "channels", "tiers"):
        _check_words(faults, name, getattr(when, name))
    for name in ("instrument", "condition"):
        faults.text(name, getattr(when, name), limit=WORD_LENGTH)
    _check_hours(faults, when)
    if when.least_amount is not None:
        check_money(faults, "least_amount", when.least_amount)
    faults.integer("least_quantity", when.least_quantity, least=0, most=MOST_UNITS)
    faults.flag("of_order", when.of_order)
    faults.choice("basis", when.basis, Basis)


def _check_hours(faults: Faults, when: When) -> None:
    hours = {name: faults.text(name, getattr(when, name), limit=5) for name in ("from_time", "until_time")}
    for name, hour in hours.items():
        if hour and not _CLOCK.fullmatch(hour):
            faults.note(name, "bad_time", "must be a time like 22:00")
    if bool(hours["from_time"]) != bool(hours["until_time"]):
        faults.note("until_time", "required", "must be given with the beginning")
    elif hours["from_time"] and hours["from_time"] == hours["until_time"]:
        faults.note("until_time", "empty_span", "must differ from the beginning")


def check_limits(faults: Faults, limits: object) -> None:
    """Note everything that is wrong with a list of limits."""
    for place, limit in enumerate(faults.items("limits", limits, most=MOST_LIMITS)):
        _check_limit(faults.at(f"limits[{place}]"), limit)


def _check_limit(faults: Faults, limit: Limit) -> None:
    if type(limit) is not Limit:
        faults.note("$", "wrong_type", "must be a Limit")
        return
    if (limit.uses is None) == (limit.amount is None):
        faults.note("uses", "required", "must be given, or an amount, not both")
    faults.integer("uses", limit.uses, least=1, most=GREATEST_USES)
    if limit.amount is not None:
        check_money(faults, "amount", limit.amount)
    faults.choice("per", limit.per, Per)
    faults.choice("every", limit.every, Every)


def _check_benefit(faults: Faults, rule: Rule) -> None:
    benefit: Any = rule.benefit
    if (type(benefit) is Earning) != (rule.phase is Phase.EARN):
        faults.note("$", "wrong_phase", "points, and nothing else, belong into the phase of earning")
    match benefit:
        case Percent(points):
            _check_share(faults, points)
        case AmountOff(off, each):
            check_money(faults, "off", off)
            faults.flag("each", each)
        case SetPrice(price):
            check_money(faults, "price", price)
        case Catalog(prices):
            for place, each in enumerate(faults.items("prices", prices, most=MOST_NAMED, required=True)):
                _check_price(faults.at(f"prices[{place}]"), each)
        case ForEvery():
            _check_for_every(faults, benefit)
        case Cheapest(count, points):
            faults.integer("cheapest", count, least=1, most=MOST_UNITS, required=True)
            _check_share(faults, points)
        case Gift(gift, units):
            faults.text("gift", gift, limit=WORD_LENGTH, required=True)
            faults.integer("units", units, least=1, most=MOST_UNITS, required=True)
        case Earning():
            _check_earning(faults, benefit)
        case _:
            faults.note("$", "wrong_type", "must be a benefit, such as Percent")


def _check_price(faults: Faults, price: CatalogPrice) -> None:
    if type(price) is not CatalogPrice:
        faults.note("$", "wrong_type", "must be a CatalogPrice")
        return
    faults.text("article", price.article, limit=WORD_LENGTH, required=True)
    check_money(faults, "price", price.price)


def _check_for_every(faults: Faults, benefit: ForEvery) -> None:
    faults.integer("buy", benefit.buy, least=1, most=MOST_UNITS, required=True)
    faults.integer("reduced", benefit.reduced, least=1, most=MOST_UNITS, required=True)
    _check_share(faults, benefit.basis_points)
    for name in ("bought_articles", "bought_groups"):
        _check_words(faults, name, getattr(benefit, name))
    faults.integer("most_times", benefit.most_times, least=1, most=MOST_UNITS)


def _check_earning(faults: Faults, benefit: Earning) -> None:
    faults.integer("points", benefit.points, least=1, most=GREATEST_POINTS, required=True)
    if benefit.per is not None:
        check_money(faults, "per", benefit.per)
        if type(benefit.per) is Money and benefit.per.amount == 0:
            faults.note("per", "out_of_range", "must be more than nothing")
    for name in ("net", "listed", "covered", "tendered", "delivery", "stored_value"):
        faults.flag(name, getattr(benefit, name))


def _check_share(faults: Faults, points: object) -> None:
    faults.integer("basis_points", points, least=1, most=WHOLE, required=True)


def _check_words(faults: Faults, name: str, words: object) -> None:
    for place, word in enumerate(faults.items(name, words, most=MOST_NAMED)):
        faults.text(f"{name}[{place}]", word, limit=WORD_LENGTH, required=True)
