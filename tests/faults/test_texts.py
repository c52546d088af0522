"""A text may have been sent although nobody said so: gateways recognise no repetition, so the message decides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from loyaltycore import Loyalty
from loyaltycore.kernel.outbox import MessageState, OutboxMessage
from loyaltycore.memory import FixedClock
from loyaltycore.work.ambient import SystemClock
from loyaltycore_sql import SqlStorage
from tests.faults.prefork import KILLED, Prefork
from tests.faults.texting import ANSWERS, KILLS, NO_ANSWER, SILENT, Gateway, dispatch_texts
from tests.house import THURSDAY, dump

TEXTS = 3
LEASE = 0.4


@pytest.fixture
def storage(url: str) -> Iterator[SqlStorage]:
    """A storage on each engine."""
    sql = SqlStorage(url)
    yield sql
    sql.close()


def _ends(loyalty: Loyalty) -> dict[str, tuple[MessageState, str]]:
    messages = [message for message in dump(loyalty)["outbox"] if isinstance(message, OutboxMessage)]
    return {message.key: (message.state, message.code) for message in messages}


@pytest.mark.parametrize("at_most_once", [True, False])
def test_a_worker_is_killed_when_a_text_has_left(
    storage: SqlStorage, url: str, prefork: Prefork, tmp_path: Path, *, at_most_once: bool
) -> None:
    """The text that its worker died of is sent once and given up, or sent again where that was asked for."""
    loyalty = Loyalty(storage, clock=SystemClock())
    gateway = Gateway(tmp_path / "sent")
    ids = dispatch_texts(loyalty.session("anna"), TEXTS, at_most_once=at_most_once)
    assert prefork.start("deliver_texts", url, str(gateway.file), KILLS, LEASE).ended() == KILLED
    (first,) = gateway.sent()
    prefork.start("deliver_texts", url, str(gateway.file), ANSWERS, LEASE).result()
    sent = Counter(gateway.sent())
    assert sent == {each: 2 if each == first and not at_most_once else 1 for each in ids}
    given_up = (MessageState.DEAD, "outcome_unknown") if at_most_once else (MessageState.DONE, "")
    assert _ends(loyalty) == {each: given_up if each == first else (MessageState.DONE, "") for each in ids}


@pytest.mark.parametrize("at_most_once", [True, False])
def test_a_gateway_says_nothing(storage: SqlStorage, tmp_path: Path, *, at_most_once: bool) -> None:
    """Without an answer a text is given up at once, or sent again where that was asked for."""
    clock = FixedClock(THURSDAY)
    loyalty = Loyalty(storage, clock=clock, sms=Gateway(tmp_path / "sent", SILENT))
    ids = dispatch_texts(loyalty.session("anna"), TEXTS, at_most_once=at_most_once)
    loyalty.deliver()
    loyalty.sms = gateway = Gateway(tmp_path / "sent")
    clock.advance(minutes=10)
    loyalty.deliver()
    assert Counter(gateway.sent()) == dict.fromkeys(ids, 1 if at_most_once else 2)
    end = (MessageState.DEAD, NO_ANSWER) if at_most_once else (MessageState.DONE, "")
    assert _ends(loyalty) == dict.fromkeys(ids, end)
