"""A merge of a customer meets every verb that writes about that customer: one is over before the other, or one is refused.

In memory all of them meet, on a storage that lets both in at any point and has neither locks nor more than the six
verbs; on the engines those meet whose records are held or locked in different ways.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, suppress
from datetime import timedelta
from functools import cache
from typing import Final

import pytest
from attrs import frozen

from loyaltycore.desk import Desk
from loyaltycore.errors import NotFound, Refused
from loyaltycore.memory.storage import Rows
from loyaltycore.merging import MergePlan
from loyaltycore.storing.registry import Registry
from loyaltycore.work.holding import references
from tests.faults.duel import DONE, Duel, MemoryRing, Outcome, Ring, open_ring
from tests.faults.effort import THOROUGH
from tests.faults.scene import RECORD_TYPES, open_run
from tests.faults.verbs import BY_NAME, VERBS
from tests.faults.verbs.appointments import START
from tests.faults.verbs.verb import FIRST, Act, Run, Verb, open_verb

SAMPLE: Final = {
    "appointment assigned": "loser",
    "card ordered": "loser",
    "merge undone": "survivor",
}
"""What the servers are asked: what is written about somebody new to it, what is changed, and what claims customers itself."""

SERVERS: Final = ("postgresql", "mariadb")

REGISTRY: Final = Registry(RECORD_TYPES)

_BEFORE: Final = 1.5
"""The process that adds to the scene after what goes before a verb."""


@pytest.fixture(scope="session")
def rings() -> Iterator[Callable[[str], Ring]]:
    """A ring of each kind, made when it is first asked for."""
    with ExitStack() as stack:
        yield cache(lambda kind: stack.enter_context(open_ring(kind)))


@pytest.fixture
def ring(request: pytest.FixtureRequest, rings: Callable[[str], Ring]) -> Iterator[Ring]:
    """The ring that the test names, as it was filled."""
    found = rings(request.param)
    filled = found.moment()
    yield found
    found.restore(filled)


@frozen
class Merging:
    """A merge of the customer of the scene with another one."""

    plan: MergePlan

    @property
    def loser(self) -> str:
        """Who goes."""
        return self.plan.loser.id

    def act(self, run: Run) -> None:
        """Carry the plan out."""
        run.free.merging.execute(self.plan)


def _merging(ring: Ring, role: str) -> Merging:
    both = [ring.facts["erika"], ring.facts["erica"]]
    loser, survivor = both if role == "loser" else reversed(both)
    plan = open_run(ring.storage, ring.facts, _BEFORE)[1].merging.plan(survivor=survivor, loser=loser)
    return Merging(plan.take_missing())


def _prepare(ring: Ring, verb: Verb) -> None:
    """Do what goes before the verb, and give the other customer of that, too."""
    verb.first(open_verb(ring.storage, ring.facts, FIRST))
    desk = open_run(ring.storage, ring.facts, _BEFORE)[1]
    with suppress(NotFound, Refused):
        desk.properties.assign(ring.facts["erica"], "frame", "square")
    with suppress(NotFound):
        next_week = START + timedelta(days=7)
        desk.appointments.make("room-1", next_week, minutes=30, customer_id=ring.facts["erica"])


def _refers(rows: Rows, customer_id: str) -> set[str]:
    """The tables in which a merge would move something of that customer."""
    return {
        each.table
        for each in references(REGISTRY)
        if any(row[each.field] == customer_id for row in rows[each.table].values())
    }


def _is_about_somebody(before: Rows, after: Rows) -> bool:
    """Whether records were written that refer to a customer, or are one."""
    for record_type in REGISTRY:
        link = record_type.customer
        fields = (*([link.field] if link else ()), *record_type.mentions)
        now, then = after[record_type.table], before[record_type.table]
        written = [key for key in {**then, **now} if now.get(key) is not then.get(key)]
        if any((now.get(key) or then[key])[field] for key in written for field in fields):
            return True
    return False


def _require_one_after_the_other(duel: Duel, met: Outcome, serial: Iterable[Outcome]) -> None:
    """One was over before the other began; or one is refused, and nothing is there but what the other did."""
    if met in tuple(serial):
        return
    assert DONE in {met.first, met.second}
    assert {met.first, met.second} != {DONE}, "both are done, and neither is over before the other"
    assert met.stored == duel.alone(second=met.first != DONE)


def _require_apart(duel: Duel) -> None:
    for met, serial in duel.outcomes():
        _require_one_after_the_other(duel, met, serial)


@pytest.mark.parametrize("role", ["loser", "survivor"])
@pytest.mark.parametrize("ring", ["memory"], indirect=True)
@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
@pytest.mark.usefixtures("no_pauses")
def test_every_verb_is_over_before_a_merge_or_begins_after_it(
    ring: MemoryRing, verb: Verb, role: str
) -> None:
    """F194: whatever is written about either customer: as one after the other, nothing refers to who is gone, nothing is lost."""
    _prepare(ring, verb)
    begin, merging = ring.moment(), _merging(ring, role)
    duel = Duel(ring, begin, verb.act, merging.act, verb.without)
    duel.calls()
    if not _is_about_somebody(begin, ring.moment()):
        return
    for met, serial in duel.outcomes():
        if met.second == DONE:
            assert not _refers(ring.moment(), merging.loser)
        _require_one_after_the_other(duel, met, serial)
        assert not verb.command or {met.first, met.second}.isdisjoint({"StaleRecord", "DuplicateKey"})


def test_the_verbs_that_meet_are_those_about_a_customer() -> None:
    """What is passed over above writes nothing that refers to a customer."""
    ring = MemoryRing()
    filled = ring.moment()

    def is_about_somebody(name: str) -> bool:
        ring.restore(filled)
        _prepare(ring, BY_NAME[name])
        begin = ring.moment()
        Duel(ring, begin, BY_NAME[name].act, BY_NAME[name].act).calls()
        return _is_about_somebody(begin, ring.moment())

    assert [name for name in SAMPLE if not is_about_somebody(name)] == []
    assert not is_about_somebody("program published")
    assert not is_about_somebody("branch changed")


@pytest.mark.parametrize("ring", SERVERS, indirect=True)
@pytest.mark.parametrize(
    "verb", VERBS if THOROUGH else [BY_NAME[name] for name in SAMPLE], ids=lambda verb: verb.name
)
def test_locks_do_not_let_them_pass_each_other(ring: Ring, verb: Verb) -> None:
    """On the servers: who has to wait sees what it waited for. SQLite lets nobody in who could pass."""
    _prepare(ring, verb)
    begin = ring.moment()
    merging = _merging(ring, SAMPLE.get(verb.name, "loser"))
    _require_apart(Duel(ring, begin, verb.act, merging.act, verb.without))


@frozen
class People:
    """Two who have little, in a database where nothing forbids to erase either."""

    one: str
    two: str
    ring: Ring

    @property
    def desk(self) -> Desk:
        """For what goes before."""
        return open_run(self.ring.storage, self.ring.facts, _BEFORE)[1]

    def merge(self, survivor: str, loser: str) -> Act:
        """A merge as it is planned now."""
        plan = self.desk.merging.plan(survivor=survivor, loser=loser)
        return lambda run: run.free.merging.execute(plan)

    def erase(self, who: str) -> Act:
        """An erasure as it is confirmed now."""
        confirmed = self.desk.privacy.preview(who).confirmation
        return lambda run: run.free.privacy.erase(who, confirm=confirmed)

    def merged(self) -> Act:
        """Merge the second into the first; the undo of that."""
        plan = self.desk.merging.plan(survivor=self.one, loser=self.two)
        done = self.desk.merging.execute(plan)
        return lambda run: run.free.merging.undo(done.id)


def _people(ring: Ring) -> People:
    desk = open_run(ring.storage, ring.facts, 1)[1]
    made = [desk.customers.create(number=name, last_name=name) for name in ("Otto", "Paul")]
    for each in made:
        desk.vouchers.issue("autumn", customer=each.id, reason="campaign", code=f"{each.number}-26")
    return People(made[0].id, made[1].id, ring)


PAIRS: Final[dict[str, Callable[[People], tuple[Act, Act]]]] = {
    "crosswise": lambda who: (who.merge(who.one, who.two), who.merge(who.two, who.one)),
    "the same twice": lambda who: (who.merge(who.one, who.two),) * 2,
    "two into one, and that into another": lambda who: (
        who.merge(who.one, who.two),
        who.merge(who.ring.facts["erika"], who.one),
    ),
    "the loser erased": lambda who: (who.merge(who.one, who.two), who.erase(who.two)),
    "the survivor erased": lambda who: (who.merge(who.one, who.two), who.erase(who.one)),
    "undone twice": lambda who: (who.merged(),) * 2,
    "undone while it is merged on": lambda who: (
        who.merged(),
        who.merge(who.ring.facts["erika"], who.one),
    ),
    "undone while another is merged into it": lambda who: (
        who.merged(),
        who.merge(who.one, who.ring.facts["erika"]),
    ),
    "undone while it is erased": lambda who: (who.merged(), who.erase(who.one)),
}


@pytest.mark.parametrize("ring", ["memory"], indirect=True)
@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.usefixtures("no_pauses")
def test_merges_undos_and_erasures_of_the_same(ring: Ring, pair: str) -> None:
    """One is over before the other, whoever comes first; or one is refused."""
    acts = PAIRS[pair](_people(ring))
    _require_apart(Duel(ring, ring.moment(), *acts))


@pytest.mark.parametrize("ring", SERVERS, indirect=True)
@pytest.mark.parametrize("pair", PAIRS if THOROUGH else ["crosswise", "undone while it is merged on"])
def test_claims_do_not_let_them_pass_each_other(ring: Ring, pair: str) -> None:
    """The same on the servers, where each has to wait for customers whom the other has claimed."""
    acts = PAIRS[pair](_people(ring))
    _require_apart(Duel(ring, ring.moment(), *acts))
