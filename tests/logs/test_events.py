"""What operators ask for stands in the log, at a level that fits."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import make_url, text

from loyaltycore import Loyalty, RetryPolicy, StaleRecord, StorageBusy
from loyaltycore.errors import DeliveryFailed
from loyaltycore.memory import MemoryStorage
from loyaltycore.ports import DeliveryStatus, Email, PrintOrder, PrintReceipt
from loyaltycore_sql import SqlStorage
from loyaltycore_sql.migrating import run_revisions
from loyaltycore_sql.schema import head
from tests.adapters.sql.samples import REGISTRY, Counter
from tests.engines import ENGINES, bare_database, somebody
from tests.house import House, build_house
from tests.logs.hearing import Heard, all_of, hearing
from tests.services.test_running import Faulty

pytestmark = pytest.mark.usefixtures("no_pauses")


@pytest.fixture
def heard() -> Iterator[Heard]:
    """All records of the test."""
    with hearing() as found:
        yield found


def asked(house: House) -> str:
    """A mail in the outbox; answers its id."""
    house.desk.cards.request_information("?", to="karten@example.org")
    return house.desk.outbox.messages("pending").items[-1].id


def test_the_way_of_a_message_is_told(memory_house: House, heard: Heard) -> None:
    """Put back, given up after its last try, requeued, delivered: each with its id, its tries and the reason."""
    house = memory_house
    house.loyalty.retry = RetryPolicy(max_attempts=2, first_delay=timedelta(seconds=8))
    message = asked(house)
    house.mailer.answers.extend([DeliveryStatus.NOT_SENT] * 2)
    reports = []
    for _ in range(2):
        reports.append(house.loyalty.deliver())
        house.clock.advance(hours=2)
    house.desk.outbox.requeue(message)
    reports.append(house.loyalty.deliver())
    assert [(each.again, each.dead, each.done) for each in reports] == [(1, 0, 0), (0, 1, 0), (0, 0, 1)]
    common = {"kind": "email.send", "message": message}
    (back,) = heard.facts("message put back")
    assert back.items() >= {**common, "tries": 1, "code": "told_to"}.items()
    assert 4 <= back["seconds"] <= 8
    (dead,) = heard.facts("message given up")
    assert dead.items() >= {**common, "tries": 2, "code": "told_to"}.items()
    (done,) = heard.facts("message delivered")
    assert done.items() >= {**common, "code": ""}.items()
    assert heard.levels("message put back") == heard.levels("message delivered") == {"INFO"}
    assert heard.levels("message given up") == {"ERROR"}


def test_a_withdrawn_message_is_told(memory_house: House, heard: Heard) -> None:
    """A worker that holds a print order when it is cancelled finds no reason to send it, and says so."""
    house = memory_house
    house.set_up_cards()
    first, second = (house.desk.cards.order(house.customer(email=None).id) for _ in range(2))
    submit = house.printer.submit

    def submit_and_cancel(order: PrintOrder, key: str) -> PrintReceipt:
        house.desk.cards.cancel_order(second.id)
        return submit(order, key)

    house.printer.submit = submit_and_cancel  # the same printer, while somebody cancels the other order
    assert house.loyalty.deliver().withdrawn == 1
    (told,) = heard.facts("message withdrawn")
    facts = {
        "kind": "card_print.submit",
        "about": f"card_orders/{second.id}",
        "tries": 1,
        "code": "cancelled",
    }
    assert told.items() >= facts.items()
    assert heard.levels("message withdrawn") == {"INFO"}
    assert heard.facts("message delivered")[0]["about"] == f"card_orders/{first.id}"


def test_a_print_order_called_back_in_time_is_no_matter_of_the_worker(
    memory_house: House, heard: Heard
) -> None:
    """What nobody holds is withdrawn by the verb that cancels: the activities tell it, and the log has nothing."""
    memory_house.set_up_cards()
    desk = memory_house.desk
    order = desk.cards.order(memory_house.customer().id)
    desk.cards.cancel_order(order.id)
    assert memory_house.loyalty.deliver().withdrawn == 0
    (message,) = desk.outbox.messages("withdrawn").items
    assert message.about_key == order.id
    assert heard.facts("message withdrawn") == []


class Moody:
    """A mailer that is set up wrongly, for one reason after another."""

    def __init__(self, *codes: str) -> None:
        self.codes = list(codes)

    def send(self, email: Email) -> Any:
        """Refuse to work."""
        code = self.codes.pop(0)
        if not code:
            return build_house().mailer.send(email)
        raise DeliveryFailed(code, "no", permanent=False)


def test_why_a_kind_waits_is_told_once(heard: Heard) -> None:
    """A watching worker does not repeat a reason each second; it tells when it changes, or comes back."""
    house = build_house(mailer=Moody("wrong_password", "wrong_password", "no_server", "", "no_server"))
    for _ in range(2):
        asked(house)
    worker = house.loyalty.worker()
    for _ in range(5):
        worker.run_pass()
        house.clock.advance(hours=2)
    codes = [told["code"] for told in heard.facts("kind of message has to wait")]
    assert codes == ["wrong_password", "no_server", "no_server"]
    assert heard.levels("kind of message has to wait") == {"WARNING"}


@pytest.mark.parametrize(
    ("fault", "error", "level"), [("stale", StaleRecord, "DEBUG"), ("busy", StorageBusy, "INFO")]
)
def test_races_and_their_end_are_told(heard: Heard, fault: str, error: type[Exception], level: str) -> None:
    """Every lost try is told with the verb and the number; giving up is a warning."""
    storage = Faulty(MemoryStorage())
    house = build_house(storage)
    storage.faults.extend([fault] * 3)
    house.customer()
    assert [told["tries"] for told in heard.facts("verb tried again")] == [1, 2, 3]
    assert heard.levels("verb tried again") == {level}
    assert heard.facts("verb gave up") == []
    storage.faults.extend([fault] * 12)
    with pytest.raises(error):
        house.customer()
    (told,) = heard.facts("verb gave up")
    assert (told["verb"], told["tries"]) == ("customers.create", 12)
    assert heard.levels("verb gave up") == {"WARNING"}
    storage.faults.clear()


def test_what_is_slow_is_told(heard: Heard) -> None:
    """Verbs, queries and blocks that last longer than `slow` are warnings; nothing else is."""
    house = build_house(slow=0.05)
    erika = house.customer()
    assert heard.facts("verb was slow") == []
    with house.desk.transaction():
        time.sleep(0.06)
    (block,) = heard.facts("verb was slow")
    assert block["verb"] == "transaction"
    assert 0.06 <= block["seconds"] < 5
    house.loyalty.slow = 1e-9
    house.desk.customers.get(erika.id)
    house.desk.customers.change(erika.id, notes="neu")
    verbs = [told["verb"] for told in heard.facts("verb was slow")[1:]]
    assert verbs == ["Customers.get", "customers.change"]
    assert heard.levels("verb was slow") == {"WARNING"}


def test_every_verb_is_told_to_who_looks_closely(memory_house: House, heard: Heard) -> None:
    """At the lowest level each verb says that it is done or what it raised."""
    memory_house.customer()
    with pytest.raises(LookupError):
        memory_house.desk.customers.get("nobody")
    assert [told["verb"] for told in heard.facts("verb done")] == ["customers.create"]
    (failed,) = heard.facts("verb failed")
    assert (failed["verb"], failed["error"]) == ("Customers.get", "NotFound")
    assert heard.levels("verb done") == heard.levels("verb failed") == {"DEBUG"}


@pytest.mark.parametrize("engine", ENGINES)
def test_a_migration_is_told(engine: str, heard: Heard) -> None:
    """From which revision to which, and how long it took; a start that changes nothing is silent."""
    with bare_database(engine) as url, closing(SqlStorage(url, migrate=True)) as storage:
        with storage._schema._changing() as connection:
            run_revisions(connection, storage.prefix, "0001")
        Loyalty(storage)
        assert [dict(told, event="") for told in heard.facts("migrating")] == [
            {"event": "", "found": "0001", "wanted": head()}
        ]
        (done,) = heard.facts("migrated")
        assert done["revision"] == head()
        assert heard.levels("migrating") == heard.levels("migrated") == {"INFO"}
        before = len(heard.records)
        Loyalty(storage)
        assert len(heard.records) == before
        assert heard.facts("tables set up") == []


@contextmanager
def _counters(engine: str) -> Iterator[tuple[str, SqlStorage]]:
    with bare_database(engine) as url, closing(SqlStorage(url)) as storage:
        storage.bind(REGISTRY)
        yield url, storage


def test_a_lost_connection_is_told(heard: Heard) -> None:
    """A connection that the server has ended is dialled again, unnoticed by the verb and noticed by the log."""
    with _counters("postgresql") as (url, storage), closing(SqlStorage(url)) as other:
        other.bind(REGISTRY)
        with storage.transaction() as tx:
            tx.add(Counter("a"))
        with storage._database.engine.connect() as connection:
            number = connection.scalar(text("SELECT pg_backend_pid()"))
        with other._database.engine.connect() as connection:
            connection.execute(text("SELECT pg_terminate_backend(:number)"), {"number": number})
        with storage.transaction(read_only=True) as tx:
            assert tx.get(Counter, "a") == Counter("a")
    (told,) = heard.facts("transaction restarted")
    assert told["why"] == "lost"
    assert heard.levels("transaction restarted") == {"INFO"}


def test_a_host_that_does_not_answer_is_told(heard: Heard) -> None:
    """Of several hosts the log names the one that failed, once while it rests, without account or password."""
    rights = "CREATE USER {account} IDENTIFIED BY 'secret'", "GRANT ALL ON *.* TO {account}"
    with bare_database("mariadb") as address, somebody("mariadb", *rights) as user:
        hosts = f"127.0.0.1:1,{user.host}:{user.port}"
        account = f"{user.username}:{user.password}"
        with closing(SqlStorage(f"mariadb://{account}@{hosts}/{make_url(address).database}")) as storage:
            storage.bind(REGISTRY)
    told = heard.facts("host does not answer")
    assert {each["host"] for each in told} == {"127.0.0.1:1"}
    assert heard.levels("host does not answer") == {"WARNING"}
    said = "".join(map(all_of, heard.records))
    assert [secret for secret in account.split(":") if secret in said] == []
