"""One phase: which rules hold, which of those that compete wins each unit, and what each takes off."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from attrs import define, field

from loyaltycore.kernel.pricing.basket import Basket
from loyaltycore.kernel.pricing.benefits import Gift
from loyaltycore.kernel.pricing.book import Candidate
from loyaltycore.kernel.pricing.claims import Claim, claim_of
from loyaltycore.kernel.pricing.judging import Scene
from loyaltycore.kernel.pricing.minima import minimum_of
from loyaltycore.kernel.pricing.parts import FreeGift, Minimum
from loyaltycore.kernel.pricing.rule import ALL, Choice, OnReturn, Phase, Rounding, Rule
from loyaltycore.kernel.pricing.spreading import rounded, spread
from loyaltycore.kernel.pricing.verdict import Code, Verdict

_BOUNDLESS: Final = 10**30


@define
class Contender:
    """A rule that holds, with what it claims and what it gets."""

    rule: Rule
    claim: Claim
    lost_to: str = ""
    """A rule that won units of it."""
    total: int = 0
    shares: dict[int, int] = field(factory=dict)
    """By unit."""


@define
class Outcome:
    """What has been found out so far."""

    contenders: list[Contender] = field(factory=list)
    """Rules with an effect, in the order in which they apply."""
    verdicts: list[Verdict] = field(factory=list)
    gifts: list[FreeGift] = field(factory=list)
    minima: list[Minimum] = field(factory=list)


def judge(scene: Scene, candidates: Iterable[Candidate], outcome: Outcome) -> list[Candidate]:
    """Those that hold; about the others there is a verdict afterwards."""
    verdicts, holding = outcome.verdicts, []
    for candidate in candidates:
        mask = candidate.mask
        for check in candidate.entry.checks:
            verdict = check(scene, mask)
            if verdict is not None:
                verdicts.append(verdict)
                break
        else:
            holding.append(candidate)
    return holding


def reduce_prices(scene: Scene, candidates: Sequence[Candidate], outcome: Outcome) -> None:
    """Carry out one phase of rules that change prices."""
    contenders, masks = [], {}
    for candidate in judge(scene, candidates, outcome):
        rule = candidate.entry.rule
        masks[rule.id] = candidate.mask
        claim = claim_of(rule, scene.basket, candidate.mask).capped(_most(rule, scene))
        if claim.units:
            contenders.append(Contender(rule, claim))
        else:
            outcome.verdicts.append(_without_effect(rule, scene.basket, outcome))
    for contender in settle_rivalry(contenders, outcome):
        _take_off(contender, scene.basket)
        conclude(contender, outcome)
        rule = contender.rule
        if contender.total and rule.on_return is not OnReturn.KEEP:
            outcome.minima.append(minimum_of(rule, masks[rule.id], contender.shares, scene.basket))


def settle_rivalry(contenders: Sequence[Contender], outcome: Outcome) -> list[Contender]:
    """Leave out what other rules exclude, and leave each unit to one rule of a group."""
    kept: list[Contender] = []
    strict = [each.rule for each in outcome.contenders if each.rule.excludes]
    for contender in contenders:
        rule = contender.rule
        # Few rules exclude others, so few have to be asked.
        others = [each.rule for each in (*outcome.contenders, *kept)] if rule.excludes else strict
        rival = next((other for other in others if _excludes(rule, other) or _excludes(other, rule)), None)
        if rival is None:
            kept.append(contender)
            strict += [rule] if rule.excludes else []
        else:
            contender.lost_to = rival.id
            conclude(contender, outcome)
    groups: dict[str, list[Contender]] = defaultdict(list)
    for contender in kept:
        if contender.rule.group:
            groups[contender.rule.group].append(contender)
    for rivals in groups.values():
        _compete(rivals)
    return kept


def conclude(contender: Contender, outcome: Outcome) -> None:
    """Keep the verdict about a rule that held."""
    rule = contender.rule
    if contender.total:
        outcome.contenders.append(contender)
        verdict = Verdict(rule.id, rule.title, Code.APPLIES)
    elif contender.lost_to:
        verdict = Verdict(rule.id, rule.title, Code.OUTRANKED, outranked_by=contender.lost_to)
    else:
        verdict = Verdict(rule.id, rule.title, Code.NO_EFFECT)
    outcome.verdicts.append(verdict)


def _most(rule: Rule, scene: Scene) -> int:
    """What a rule may take off at most, of this order and of what its budgets have left."""
    most = rule.cap.amount if rule.cap is not None else _BOUNDLESS
    for place, limit in enumerate(rule.limits):
        if limit.amount is not None:
            most = min(most, scene.standing.left.get(rule.limit_key(place), limit.amount.amount))
    return most


def _without_effect(rule: Rule, basket: Basket, outcome: Outcome) -> Verdict:
    benefit = rule.benefit
    if isinstance(benefit, Gift) and benefit.gift not in basket.by_article:
        outcome.gifts.append(FreeGift(rule.id, benefit.gift, benefit.units))
        return Verdict(rule.id, rule.title, Code.GIFT_MISSING, required=benefit.gift)
    return Verdict(rule.id, rule.title, Code.NO_EFFECT)


def _excludes(one: Rule, other: Rule) -> bool:
    if not one.excludes:
        return False
    if ALL in one.excludes and Phase.EARN not in (one.phase, other.phase):
        return True
    return other.id in one.excludes or (bool(other.group) and other.group in one.excludes)


def _compete(rivals: Sequence[Contender]) -> None:
    """Leave each unit to one of the rivals, which stand in the order in which they apply."""
    is_first = any(rival.rule.choice is Choice.FIRST for rival in rivals)
    winners: dict[int, Contender] = {}
    parts: dict[int, int] = {}
    for rival in rivals if is_first else _greatest(rivals):
        claim = rival.claim
        for unit, weight in zip(claim.units, claim.weights, strict=True):
            part = weight * claim.factor
            holder = winners.get(unit)
            if holder is None or (not is_first and _is_more(part, rival, parts[unit], holder)):
                winners[unit], parts[unit] = rival, part
    winning = set(map(id, winners.values()))
    for rival in rivals:
        if id(rival) in winning:
            _keep_won(rival, winners)
        else:
            rival.lost_to = winners[rival.claim.units[0]].rule.id
            rival.claim = Claim((), ())


def _greatest(rivals: Sequence[Contender]) -> list[Contender]:
    """Of rivals with the same weights the one with the greatest factor: it beats the others at every unit."""
    best: dict[int, Contender] = {}
    for rival in rivals:
        weights = id(rival.claim.weights)
        holder = best.get(weights)
        if holder is None or _is_more(rival.claim.factor, rival, holder.claim.factor, holder):
            best[weights] = rival
    return sorted(best.values(), key=_turn)


def _turn(contender: Contender) -> tuple[int, str]:
    return (contender.rule.priority, contender.rule.id)


def _is_more(part: int, rival: Contender, held: int, holder: Contender) -> bool:
    """Whether a rival's part, over its denominator, is greater; of equal ones the first counts."""
    return part * holder.claim.whole > held * rival.claim.whole


def _keep_won(rival: Contender, winners: dict[int, Contender]) -> None:
    claim = rival.claim
    won = [place for place, unit in enumerate(claim.units) if winners[unit] is rival]
    if len(won) == len(claim.units):
        return
    rival.lost_to = next(winner.rule.id for unit in claim.units if (winner := winners[unit]) is not rival)
    units, weights = ([values[place] for place in won] for values in (claim.units, claim.weights))
    rival.claim = Claim(units, weights, claim.factor, claim.whole)


def _take_off(contender: Contender, basket: Basket) -> None:
    """Round the total once and take it off the units, of none of them more than is left."""
    claim, left = contender.claim, basket.left
    if not claim.units:
        return
    down = contender.rule.rounding is Rounding.DOWN
    whole = rounded(sum(claim.weights) * claim.factor, claim.whole, down=down)
    room = [left[unit] for unit in claim.units]
    for unit, share in zip(claim.units, spread(whole, claim.weights, room), strict=True):
        if share:
            left[unit] -= share
            contender.shares[unit] = share
            contender.total += share
