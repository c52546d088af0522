"""Workers at one outbox: none takes what another one holds, and who lost a message writes nothing about it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import define

from loyaltycore.kernel.outbox import MessageState, OutboxMessage
from loyaltycore.outbox.handler import Outcome, Verdict
from loyaltycore.work.ambient import SystemClock
from loyaltycore.work.unit import Unit
from loyaltycore_sql import SqlStorage
from tests.faults import rivals
from tests.faults.effort import FACTOR
from tests.faults.meeting import MeetingStorage
from tests.faults.prefork import KILLED, Prefork
from tests.faults.racing import THREADS, race, tell
from tests.hosting import hosted
from tests.house import House, build_house, dump

pytestmark = pytest.mark.every_engine

MESSAGES = 30 * FACTOR
TRIES = 3
LEASE = 0.4


@pytest.fixture
def storage(url: str) -> Iterator[MeetingStorage]:
    """A storage whose rivals can be made to meet."""
    sql = SqlStorage(url)
    yield MeetingStorage(sql)
    sql.close()


def _messages(house: House) -> list[OutboxMessage]:
    return [message for message in dump(house.loyalty)["outbox"] if isinstance(message, OutboxMessage)]


def test_workers_share_the_outbox(
    storage: MeetingStorage, url: str, prefork: Prefork, tmp_path: Path
) -> None:
    """Eight threads and two processes claim at once: each message is held by one of them and handed over once."""
    probe = rivals.Probe(tmp_path / "handed-over")
    house = build_house(
        storage, capabilities=[hosted(handlers=[probe])], mailer=None, card_printer=None, clock=SystemClock()
    )
    keys = rivals.dispatch_probes(house.desk, MESSAGES)
    storage.meet(THREADS)
    threads, processes = race(
        prefork,
        tmp_path,
        lambda _: rivals.deliver_probes(house.loyalty),
        ("deliver_probes", url, str(probe.file)),
    )
    # Whoever lost every race to the others ends its pass early; what is left by then is nobody's fault.
    rivals.deliver_probes(house.loyalty)
    assert sorted(probe.keys()) == sorted(keys)
    assert [(m.state, m.attempts) for m in _messages(house)] == [(MessageState.DONE, 1)] * MESSAGES
    tell(f"{MESSAGES} messages, handed over by threads {threads} and processes {processes}")


@define
class _Slow:
    """Hands over so slowly that its lease runs out and another worker does the same work in between."""

    house: House | None = None
    tries: int = 0
    kind: str = "test.probe"

    def deliver(self, message: OutboxMessage) -> Outcome:
        """The first one is slow and fails."""
        self.tries += 1
        if self.tries > 1:
            return Outcome(Verdict.DONE, vendor_id="from the second")
        assert self.house
        self.house.clock.advance(minutes=10)
        assert rivals.deliver_probes(self.house.loyalty) == 1
        return Outcome(Verdict.DEAD, code="from the first")

    def settle(self, unit: Unit, message: OutboxMessage, outcome: Outcome) -> None:
        """There is no further effect."""


def test_a_worker_that_lost_its_message_writes_nothing(storage: MeetingStorage) -> None:
    """The lease runs out under way, another worker finishes: the first one's late word changes nothing."""
    handler = _Slow()
    house = build_house(storage, capabilities=[hosted(handlers=[handler])], mailer=None, card_printer=None)
    handler.house = house
    rivals.dispatch_probes(house.desk, 1)
    rivals.deliver_probes(house.loyalty)
    (message,) = _messages(house)
    assert (message.state, message.vendor_id, message.code) == (MessageState.DONE, "from the second", "")
    assert (handler.tries, message.attempts) == (2, 2)


def test_a_message_that_kills_its_worker_takes_no_other_along(
    storage: MeetingStorage, url: str, prefork: Prefork, tmp_path: Path
) -> None:
    """One message kills every worker that tries it: it is given up in the end, and all others are handed over once."""
    probe = rivals.Probe(tmp_path / "handed-over")
    house = build_house(
        storage, capabilities=[hosted(handlers=[probe])], mailer=None, card_printer=None, clock=SystemClock()
    )
    keys = rivals.dispatch_probes(house.desk, 8)
    deaths = 0
    while prefork.start("deliver_poison", url, str(probe.file), keys[2], TRIES, LEASE).ended() == KILLED:
        deaths += 1
        assert deaths <= TRIES + 1
    assert sorted(probe.keys()) == sorted(key for key in keys if key != keys[2])
    dead = [message.key for message in _messages(house) if message.state is MessageState.DEAD]
    assert dead == [keys[2]]
    tell(f"{deaths} workers died of one message")
