"""Whether a rule holds: its circumstances as a list of checks, made once for each rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import time
from typing import TypeAlias

from loyaltycore.kernel.money import Money
from loyaltycore.kernel.pricing.basket import Basket
from loyaltycore.kernel.pricing.rule import Basis, Per, Rule
from loyaltycore.kernel.pricing.standing import Standing
from loyaltycore.kernel.pricing.verdict import Code, Verdict


class Scene:
    """An order in its circumstances, as the checks look at it."""

    __slots__ = ("basket", "channel", "currency", "customer_id", "day", "standing", "time", "weekday")

    def __init__(self, basket: Basket, standing: Standing) -> None:
        self.basket = basket
        self.standing = standing
        self.channel = basket.order.channel
        self.currency = basket.order.currency
        self.customer_id = basket.order.customer_id
        self.day = standing.at.date()
        self.weekday = self.day.weekday()
        self.time = standing.at.time()


Check: TypeAlias = Callable[[Scene, int], Verdict | None]
"""Looks at the scene and at the lines that the rule is about; None is fine."""


def checks_of(rule: Rule) -> tuple[Check, ...]:
    """What has to be looked at for a rule, the cheapest first."""
    return (*_of_moment(rule), *_of_place(rule), *_of_customer(rule), *_of_amounts(rule))


def _of_moment(rule: Rule) -> Iterator[Check]:
    when = rule.when
    starts_on, ends_on, weekdays = when.starts_on, when.ends_on, when.weekdays
    if starts_on is not None:
        late = Verdict(rule.id, rule.title, Code.NOT_STARTED, required=starts_on)
        yield lambda scene, _: late if scene.day < starts_on else None
    if ends_on is not None:
        over = Verdict(rule.id, rule.title, Code.ENDED, required=ends_on)
        yield lambda scene, _: over if scene.day > ends_on else None
    if weekdays:
        off = Verdict(rule.id, rule.title, Code.WRONG_WEEKDAY)
        yield lambda scene, _: off if scene.weekday not in weekdays else None
    if when.from_time:
        from_time, until_time = map(time.fromisoformat, (when.from_time, when.until_time))
        closed = Verdict(rule.id, rule.title, Code.WRONG_TIME)
        if from_time < until_time:
            yield lambda scene, _: None if from_time <= scene.time < until_time else closed
        else:
            yield lambda scene, _: closed if until_time <= scene.time < from_time else None


def _of_place(rule: Rule) -> Iterator[Check]:
    branches, channels = rule.when.branches, rule.when.channels
    if branches:
        away = Verdict(rule.id, rule.title, Code.WRONG_BRANCH)
        yield lambda scene, _: away if scene.standing.branch not in branches else None
    if channels:
        otherwise = Verdict(rule.id, rule.title, Code.WRONG_CHANNEL)
        yield lambda scene, _: otherwise if scene.channel not in channels else None
    for currency in currencies_of(rule):
        yield _in_currency(rule, currency)


def _in_currency(rule: Rule, currency: str) -> Check:
    def check(scene: Scene, _: int) -> Verdict | None:
        if scene.currency == currency:
            return None
        return Verdict(rule.id, rule.title, Code.WRONG_CURRENCY, scene.currency, currency)

    return check


def _of_customer(rule: Rule) -> Iterator[Check]:
    when = rule.when
    stranger = Verdict(rule.id, rule.title, Code.WRONG_CUSTOMER)
    nobody = Verdict(rule.id, rule.title, Code.CUSTOMER_REQUIRED)
    if when.tiers or when.condition or any(limit.per is Per.CUSTOMER for limit in rule.limits):
        yield lambda scene, _: None if scene.customer_id else nobody
    if when.tiers:
        tiers = frozenset(when.tiers)
        yield lambda scene, _: stranger if tiers.isdisjoint(scene.standing.tiers) else None
    if when.condition:
        yield lambda scene, _: stranger if when.condition not in scene.standing.conditions else None
    if rule.limits:
        used_up = Verdict(rule.id, rule.title, Code.LIMIT_REACHED)
        keys = [rule.limit_key(place) for place in range(len(rule.limits))]
        yield lambda scene, _: used_up if any(scene.standing.left.get(key, 1) <= 0 for key in keys) else None


def _of_amounts(rule: Rule) -> Iterator[Check]:
    when = rule.when
    if when.instrument:
        nothing = Verdict(rule.id, rule.title, Code.NOTHING_MEANT)
        yield lambda _, mask: None if mask else nothing
    if when.least_quantity:
        yield _enough_units(rule)
    if when.least_amount is not None:
        yield _enough_money(rule, when.least_amount)


def _enough_units(rule: Rule) -> Check:
    least, of_order = rule.when.least_quantity, rule.when.of_order

    def check(scene: Scene, mask: int) -> Verdict | None:
        found = scene.basket.quantity(scene.basket.every if of_order else mask)
        if found >= least:
            return None
        return Verdict(rule.id, rule.title, Code.QUANTITY_SHORT, found, least, least - found)

    return check


def _enough_money(rule: Rule, least: Money) -> Check:
    listed, of_order = rule.when.basis is Basis.LISTED, rule.when.of_order
    wanted, currency = least.amount, least.currency

    def check(scene: Scene, mask: int) -> Verdict | None:
        basket = scene.basket
        found = basket.amount(basket.every if of_order else mask, listed=listed)
        if found >= wanted:
            return None
        observed, short = Money(found, currency), Money(wanted - found, currency)
        return Verdict(rule.id, rule.title, Code.AMOUNT_SHORT, observed, least, short)

    return check


def currencies_of(rule: Rule) -> list[str]:
    """The currencies of all amounts that a rule names, each once."""
    benefit = rule.benefit
    amounts: list[object] = [rule.when.least_amount, rule.cap]
    amounts += [getattr(benefit, name, None) for name in ("off", "price", "per")]
    amounts += [each.price for each in getattr(benefit, "prices", ())]
    amounts += [limit.amount for limit in rule.limits]
    return list(dict.fromkeys(amount.currency for amount in amounts if isinstance(amount, Money)))
