"""Appointments booked, made, assigned, moved and cancelled; and what they are planned by."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from attrs import evolve

from loyaltycore.booking import Appointment, BusyTime, Filling, Notice, Reminder, WaitingEntry, hours_on
from loyaltycore.desk import Desk
from loyaltycore.kernel.criteria import Query
from tests.faults.scene import TODAY
from tests.faults.verbs.verb import Run, Verb

START: Final = TODAY.replace(hour=8) + timedelta(days=7 - TODAY.weekday())
"""Monday at ten, as the clock shows it in Berlin."""
ERIKA: Final[dict[str, Any]] = {
    "first_name": "Erika",
    "last_name": "Muster",
    "email": "erika@example.org",
    "phone": "0170 1234567",
}


def _planned(run: Run) -> None:
    setup = run.free.appointments.setup
    for key in ("room-1", "room-2"):
        week = hours_on(range(5), "09:00-18:00")
        setup.save_resource(key, branch_id="berlin", name=key, week=week, online=True)
    setup.save_template("test", name="Test", length=60, step=30, online=True)


def _booked(run: Run) -> None:
    _planned(run)
    _book(run, START)


def _held(run: Run) -> None:
    _planned(run)
    run.free.appointments.online.hold("test", START, None, "key of a token")


def _book(run: Run, starts_at: datetime, key: str = "") -> Any:
    return run.loyalty.planner("berlin").book(starts_at, **ERIKA, key=key)


def _suspicious(run: Run) -> None:
    _planned(run)
    run.loyalty.planner("berlin").book(START, Filling("a trap"), **ERIKA)


def _wait(desk: Desk) -> WaitingEntry:
    days = {"first": START.date(), "last": START.date()}
    return desk.appointments.waiting.add("berlin", **days, name="Max", contact="030 1234567")


def _awaited(run: Run) -> None:
    _booked(run)
    _wait(run.free)


def _waiting(run: Run) -> str:
    with run.loyalty.storage.transaction(read_only=True) as tx:
        (found,) = tx.find(WaitingEntry, Query())
    return found.id


def _block(desk: Desk, after: timedelta) -> Any:
    """Whoever works in the room is away for two days."""
    away = BusyTime(START + after, START + after + timedelta(days=2))
    span = {"since": START + timedelta(days=1), "until": START + timedelta(days=9)}
    return desk.appointments.setup.block("room-1", [away], **span)


def _blocked(run: Run) -> None:
    _booked(run)
    _block(run.free, timedelta(days=3))


def _the_one(run: Run) -> Appointment:
    (found,) = run.free.appointments.on("berlin", START.date())
    return found


def _confirmed(run: Run) -> None:
    _booked(run)
    run.free.appointments.assign(_the_one(run).id, run.facts["erika"])
    run.free.appointments.confirm(_the_one(run).id)


def _reminder(run: Run) -> str:
    with run.loyalty.storage.transaction(read_only=True) as tx:
        (found,) = tx.find(Reminder, Query())
    return found.id


def _deleted(run: Run) -> None:
    # Where the first call has done it, only what its customer was told is left.
    with run.loyalty.storage.transaction(read_only=True) as tx:
        (found,) = (*tx.find(Appointment, Query()), *tx.find(Notice, Query()))[:1]
    appointment_id = found.id if isinstance(found, Appointment) else found.appointment_id
    run.desk.appointments.delete(appointment_id, notify="email")


def _cancelled_by_link(run: Run) -> Any:
    # The scene's chance always draws the same token.
    return run.desk.appointments.online.cancel(run.loyalty.tokens.token())


def _remindable(run: Run) -> None:
    _planned(run)
    run.free.appointments.setup.save_template("test", remind=10)
    planned = datetime.combine(TODAY.date() - timedelta(days=1), TODAY.timetz())
    made = run.free.appointments.make("room-1", START, template="test", customer_id=run.facts["erika"])
    with run.loyalty.storage.transaction() as tx:
        tx.save(evolve(made, booked_at=planned))


VERBS: Final = (
    Verb(
        "resource made",
        lambda run: run.desk.appointments.setup.save_resource("room-3", branch_id="berlin", name="Room 3"),
        "planner.save_resource",
    ),
    Verb(
        "resource changed",
        lambda run: run.desk.appointments.setup.save_resource("room-1", branch_id="berlin", capacity=2),
        "planner.save_resource",
        _planned,
    ),
    Verb("resource blocked", lambda run: _block(run.desk, timedelta(days=4)), "planner.block", _blocked),
    Verb(
        "appointment template made",
        lambda run: run.desk.appointments.setup.save_template("fitting", name="Fitting", length=30),
        "planner.save_template",
    ),
    Verb(
        "held while the form is filled in",
        lambda run: run.desk.appointments.online.hold("test", START, None, "key of a token"),
        "appointments.hold",
        _planned,
    ),
    Verb(
        "given back by whoever leaves the form",
        lambda run: run.desk.appointments.online.release(START, "key of a token"),
        "appointments.release",
        _held,
    ),
    Verb(
        "booked online",
        lambda run: _book(run, START, "till-1"),
        "appointments.book",
        _planned,
    ),
    Verb(
        "suspicious request trusted",
        lambda run: run.desk.appointments.trust(_the_one(run).id),
        "appointments.trust",
        _suspicious,
    ),
    Verb("somebody waits", lambda run: _wait(run.desk), "waiting.add", _planned),
    Verb(
        "time offered to somebody who waits",
        lambda run: run.desk.appointments.waiting.offered(_waiting(run)),
        "waiting.offered",
        _awaited,
    ),
    Verb(
        "somebody waits no more",
        lambda run: run.desk.appointments.waiting.done(_waiting(run)),
        "waiting.done",
        _awaited,
    ),
    Verb(
        "appointment cancelled for which somebody waits",
        lambda run: run.desk.appointments.cancel(_the_one(run).id),
        "appointments.cancel",
        _awaited,
    ),
    Verb("cancelled by link", _cancelled_by_link, "appointments.cancel_by_link", _booked),
    Verb(
        "appointment made",
        lambda run: run.desk.appointments.make("room-1", START + timedelta(hours=3), minutes=45),
        "appointments.make",
        _booked,
    ),
    Verb(
        "appointment moved",
        lambda run: run.desk.appointments.move(_the_one(run).id, START + timedelta(hours=2)),
        "appointments.move",
        _booked,
    ),
    Verb(
        "appointment moved elsewhere",
        lambda run: run.desk.appointments.move(
            _the_one(run).id, START + timedelta(hours=2), resource_id="room-2"
        ),
        "appointments.move",
        _booked,
    ),
    Verb(
        "appointment confirmed",
        lambda run: run.desk.appointments.confirm(_the_one(run).id),
        "appointments.confirm",
        _booked,
    ),
    Verb(
        "appointment assigned",
        lambda run: run.desk.appointments.assign(_the_one(run).id, run.facts["erika"]),
        "appointments.assign",
        _booked,
    ),
    Verb(
        "customer created from an appointment",
        lambda run: run.desk.appointments.create_customer(_the_one(run).id, notes="from the planner"),
        "appointments.create_customer",
        _booked,
    ),
    Verb(
        "appointment cancelled",
        lambda run: run.desk.appointments.cancel(_the_one(run).id, reason="ill"),
        "appointments.cancel",
        _booked,
    ),
    Verb(
        "appointment missed",
        lambda run: run.desk.appointments.miss(run.free.appointments.on("berlin", TODAY.date())[0].id),
        "appointments.miss",
        lambda run: (
            _planned(run),
            run.free.appointments.make("room-1", TODAY - timedelta(hours=1), minutes=30),
        ),
    ),
    Verb(
        "customer told by a mail",
        lambda run: run.desk.appointments.notify(_the_one(run).id, by="email"),
        "appointments.notify",
        _confirmed,
    ),
    Verb(
        "appointment deleted, and its customer told",
        _deleted,
        "appointments.delete",
        _confirmed,
    ),
    Verb(
        "customer reminded",
        lambda run: run.desk.appointments.remind(),
        first=_remindable,
    ),
    Verb(
        "reminder done",
        lambda run: run.desk.appointments.reminder_done(_reminder(run)),
        "appointments.reminder_done",
        _booked,
    ),
)
