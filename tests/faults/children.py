"""What the children of `tests.faults.prefork` do. Everything that they need is loaded here, before they are forked."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from loyaltycore import Loyalty
from loyaltycore.cli import main
from loyaltycore.kernel.outbox import RetryPolicy
from loyaltycore.memory import FixedClock, MemoryStorage
from loyaltycore.storing.registry import Registry
from loyaltycore_email import SmtpMailer
from loyaltycore_http.transport import Transport
from loyaltycore_sql import SqlStorage
from loyaltycore_sql.layouts import Layouts
from tests.faults import rivals
from tests.faults.perils import Peril, PerilousStorage, kill_yourself
from tests.faults.racing import gate
from tests.faults.scene import RECORD_TYPES, build_scene
from tests.faults.selling import Counting
from tests.faults.texting import Gateway
from tests.faults.verbs import BY_NAME
from tests.faults.verbs.verb import SECOND, open_verb
from tests.hosting import hosted
from tests.house import THURSDAY

_LAYOUTS = Layouts(Registry(RECORD_TYPES), "loyalty_")

# What is loaded only when it is needed: drivers, libraries of adapters, validation of contact data.
for _url in ("sqlite://", "postgresql://nobody@127.0.0.1/x", "mariadb://nobody@127.0.0.1/x"):
    SqlStorage(_url).close()
LOADED = (Transport, SmtpMailer, build_scene(MemoryStorage()))


def change_own_field(url: str, customer_id: str, rounds: int, folder: str, number: int) -> int:
    """Change the field of one's own again and again."""
    loyalty = Loyalty(SqlStorage(url))
    desk = loyalty.session(f"process {number}")
    gate(Path(folder), number)
    return rivals.change_own_field(desk, customer_id, number, rounds)


def count_in_notes(url: str, customer_id: str, rounds: int, folder: str, number: int) -> int:
    """Count in the notes of one customer."""
    desk = Loyalty(SqlStorage(url)).session(f"process {number}")
    gate(Path(folder), number)
    return rivals.count_in_notes(desk, customer_id, number, rounds)


def create_customers(url: str, rounds: int, folder: str, number: int) -> list[str]:
    """Take customers on, and change one's mind about some."""
    desk = Loyalty(SqlStorage(url)).session(f"process {number}")
    gate(Path(folder), number)
    return rivals.create_customers(desk, number, rounds)


def tell_customer(url: str, appointment_id: str, folder: str, number: int) -> str:
    """Tell the customer of an appointment."""
    loyalty = Loyalty(SqlStorage(url))
    gate(Path(folder), number)
    return rivals.tell_customer(loyalty, appointment_id)


def book_anything(url: str, first: str, count: int, folder: str, number: int) -> tuple[int, int]:
    """Try to book every half hour from the first on."""
    planner = Loyalty(SqlStorage(url), clock=FixedClock(THURSDAY)).planner("berlin")
    gate(Path(folder), number)
    return rivals.book_anything(planner, rivals.half_hours(datetime.fromisoformat(first), count), number)


def order_limited(url: str, rounds: int, folder: str, number: int) -> list[int]:
    """Order what a promotion reduces a limited number of times."""
    desk = Loyalty(SqlStorage(url)).session(f"process {number}")
    gate(Path(folder), number)
    return rivals.order_limited(desk, number, rounds)


def deliver_probes(url: str, probe: str, folder: str, number: int) -> int:
    """Work through the outbox as one of several workers."""
    loyalty = Loyalty(SqlStorage(url), capabilities=[hosted(handlers=[rivals.Probe(Path(probe))])])
    gate(Path(folder), number)
    return rivals.deliver_probes(loyalty)


def deliver_poison(url: str, probe: str, poison: str, tries: int, lease: float) -> None:
    """Work through an outbox in which one message kills whoever tries it."""
    policy = RetryPolicy(
        first_delay=timedelta(seconds=0.01), max_attempts=tries, lease=timedelta(seconds=lease)
    )
    handler = rivals.Probe(Path(probe), poison)
    rivals.deliver_to_the_end(
        Loyalty(SqlStorage(url), capabilities=[hosted(handlers=[handler])], retry=policy)
    )


def deliver_texts(url: str, sent: str, then: str, lease: float) -> None:
    """Send texts to a gateway after which something comes."""
    policy = RetryPolicy(first_delay=timedelta(seconds=0.01), lease=timedelta(seconds=lease))
    loyalty = Loyalty(SqlStorage(url), sms=Gateway(Path(sent), then), retry=policy)
    rivals.deliver_to_the_end(loyalty)


def perform(url: str, facts: dict[str, str], verb: str, number: int, side: str) -> None:
    """Let a verb run, and die of SIGKILL before or after one of its calls on the storage."""
    storage = PerilousStorage(_bound(url))
    run = open_verb(storage, facts, SECOND)
    storage.arm(Peril(number, side, kill_yourself))
    BY_NAME[verb].act(run)


def perform_when_ready(url: str, facts: dict[str, str], verb: str, ready: str) -> None:
    """Let a verb run, so that somebody else can kill it anywhere in between."""
    run = open_verb(PerilousStorage(_bound(url)), facts, SECOND)
    Path(ready).touch()
    BY_NAME[verb].act(run)


def sell(url: str, facts: dict[str, str], verb: str, point: int) -> None:
    """Let a verb run in a transaction of the host beside a sale, and die of SIGKILL at one point of it."""
    counting = Counting(url, point, kill_yourself)
    counting.sell(lambda: open_verb(_bound(url), facts, SECOND), BY_NAME[verb].act)


def command_line(arguments: list[str], lease: float) -> int:
    """Run the real command line, with leases and pauses that are short enough for a test; answers its exit code."""
    policy = RetryPolicy(
        first_delay=timedelta(seconds=0.1),
        longest_delay=timedelta(seconds=0.5),
        max_attempts=1000,
        lease=timedelta(seconds=lease),
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("loyaltycore.cli.opening.Loyalty", partial(Loyalty, retry=policy))
        return main(arguments)


def _bound(url: str) -> SqlStorage:
    """A storage whose tables are known to fit, and whose statements were made before the child was forked."""
    storage = SqlStorage(url)
    storage._layouts = _LAYOUTS
    return storage
