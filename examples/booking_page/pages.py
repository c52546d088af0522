"""What customers see. It works through planners alone and sets no cookie, so it may be shown inside any page."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from loyaltycore import InvalidInput, Refused
from loyaltycore.booking import Filling, Planner

pages = Blueprint("pages", __name__)

LABELS: Final = {
    "first_name": "First name",
    "last_name": "Last name",
    "email": "E-mail",
    "phone": "Phone",
    "remark": "Anything we should know",
}
_WEEK: Final = timedelta(days=7)
_LATEST: Final = timedelta(days=92)


@pages.get("/")
def times() -> ResponseReturnValue:
    """The kinds of appointment, and a week of times of the one that was chosen."""
    week = request.args.get("week", _today(), type=date.fromisoformat)
    return _times(request.args.get("kind", ""), week)


@pages.post("/hold")
def hold() -> ResponseReturnValue:
    """Somebody clicks on a time: it is held, and the form comes."""
    kind, begin = request.form["kind"], _instant(request.form["starts_at"])
    try:
        held = _planner().hold(begin, template=kind or None)
    except Refused as refusal:
        return _times(kind, begin.date(), str(refusal)), _status(refusal)
    token, until = (held.token, held.until.isoformat()) if held else ("", None)
    where = url_for(".form", kind=kind, starts_at=begin.isoformat(), held=token, until=until)
    return redirect(where, 303)


@pages.get("/form")
def form() -> ResponseReturnValue:
    """The form for one time; its key makes a double click one booking."""
    return _form({**request.args, "key": secrets.token_urlsafe()})


@pages.post("/release")
def release() -> ResponseReturnValue:
    """Somebody goes back to the times: the one that was held is free again."""
    begin = _instant(request.form["starts_at"])
    if held := request.form["held"]:
        _planner().release(begin, held)
    return redirect(url_for(".times", kind=request.form["kind"], week=begin.date()), 303)


@pages.post("/book")
def book() -> ResponseReturnValue:
    """The form is sent: a confirmation, or the form once more with what is wrong and all that was typed."""
    given = request.form
    fields = {field: given.get(field, "") for field in LABELS}
    begin = _instant(given["starts_at"])
    try:
        booked = _planner().book(
            begin,
            Filling(given.get("website", "")),
            template=given["kind"] or None,
            held=given["held"],
            key=given["key"],
            **fields,
        )
    except InvalidInput as error:
        return _form(given, error), 422
    except Refused as refusal:
        return _form(given, trouble=str(refusal)), _status(refusal)
    return render_template("booked.html", booked=booked, email=fields["email"])


@pages.get("/appointments/<token>")
def show(token: str) -> ResponseReturnValue:
    """Where the link in a mail leads; programs that check mails open it, too, so it changes nothing."""
    return render_template("appointment.html", own=_planner().show(token))


@pages.post("/appointments/<token>")
def cancel(token: str) -> ResponseReturnValue:
    """The button on that page."""
    _planner().cancel(token)
    return redirect(url_for(".show", token=token), 303)


def _planner() -> Planner:
    planner: Planner = current_app.extensions["planner"]()
    return planner


def _times(kind_id: str, week: date, trouble: str = "") -> str:
    planner = _planner()
    kinds = planner.templates()
    kind = next((each for each in kinds if each.id == kind_id or len(kinds) == 1), None)
    today = _today()
    first = min(max(week, today), today + _LATEST)
    return render_template(
        "times.html",
        kinds=kinds,
        kind=kind,
        chosen=kind.id if kind else "",
        days=planner.grid(first, 7, template=kind.id if kind else None) if kind or not kinds else (),
        earlier=max(first - _WEEK, today) if first > today else None,
        later=first + _WEEK if first + _WEEK <= today + _LATEST else None,
        trouble=trouble,
    )


def _form(given: Mapping[str, str], wrong: InvalidInput | None = None, trouble: str = "") -> str:
    """The form; if its time is gone, with the other times of that day to choose from."""
    planner = _planner()
    kinds = planner.templates()
    kind = next((each for each in kinds if each.id == given.get("kind")), None)
    if kind is None and (kinds or given.get("kind")):
        abort(404)
    begin = _instant(given.get("starts_at", ""))
    faults = {fault.field: fault.message for fault in wrong.faults} if wrong else {}
    others = planner.grid(begin.date(), 1, template=kind.id if kind else None)[0].slots if trouble else ()
    return render_template(
        "form.html",
        given=given,
        kind=kind,
        begin=begin,
        until=_instant(given["until"]) if given.get("until") and not trouble else None,
        labels=LABELS,
        faults={field: faults[field] for field in [*LABELS, *faults] if field in faults},
        trouble=trouble,
        others=[slot for slot in others if slot.reason is None],
    )


def _today() -> date:
    today: date = current_app.extensions["today"]()
    return today


def _instant(text: str) -> datetime:
    """An instant from a form or an address, in the time zone of the branch."""
    try:
        at = datetime.fromisoformat(text)
        return at.astimezone(current_app.extensions["zone"]) if at.tzinfo else abort(400)
    except ValueError:
        abort(400)


def _status(refusal: Refused) -> int:
    return 429 if refusal.code == "booking.too_many" else 409
