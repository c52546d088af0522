"""The desk of the staff: reminders, the appointments of a day, and what is done about them."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from hmac import compare_digest
from typing import Final
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from booking_page.shop import BRANCH
from loyaltycore import Channel, Desk

staff = Blueprint("staff", __name__, url_prefix="/staff")

Form = MultiDict[str, str]


@staff.before_request
def guard() -> ResponseReturnValue | None:
    """Nobody gets in without the password, and no other site can send a form in somebody's name."""
    token: str = session.setdefault("csrf", secrets.token_urlsafe())
    if request.method == "POST" and not _same(request.form.get("csrf", ""), token):
        abort(400, "This form is too old. Please go back, reload the page and try again.")
    if "who" not in session and request.endpoint != "staff.sign_in":
        return redirect(url_for("staff.sign_in"))
    return None


@staff.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    """Who is working."""
    if request.method == "GET":
        return render_template("staff/sign_in.html", wrong=False)
    if not _same(request.form["password"], current_app.extensions["password"]):
        return render_template("staff/sign_in.html", wrong=True), 403
    who = request.form["who"]
    current_app.extensions["desk"](who)  # refuses what is no name
    session.clear()
    session["who"] = who
    return redirect(url_for(".day"), 303)


@staff.get("/")
def day() -> ResponseReturnValue:
    """What nobody has dealt with yet, and the appointments of a day."""
    desk = _desk()
    shown = request.args.get("day", current_app.extensions["today"](), type=date.fromisoformat)
    return render_template(
        "staff/day.html",
        reminders=desk.appointments.reminders(BRANCH).items,
        appointments=desk.appointments.on(BRANCH, shown),
        day=shown,
        others=[shown + timedelta(days=step) for step in (-1, 1)],
    )


@staff.post("/reminders/<reminder_id>")
def done(reminder_id: str) -> ResponseReturnValue:
    """A reminder has been dealt with."""
    _desk().appointments.reminder_done(reminder_id)
    return redirect(url_for(".day"), 303)


@staff.get("/appointments/<appointment_id>")
def appointment(appointment_id: str) -> ResponseReturnValue:
    """One appointment, and everything that can be done about it."""
    desk = _desk()
    appointments = desk.appointments
    found = appointments.get(appointment_id)
    offer = appointments.notice_offer(found.id)
    return render_template(
        "staff/appointment.html",
        found=found,
        resources={each.id: each.name for each in appointments.setup.resources(BRANCH)},
        customer=desk.customers.get(found.customer_id) if found.customer_id else None,
        suggestions=appointments.suggestions(found.id),
        offer=offer,
        ways=[way for way in offer.ways if way is not Channel.SMS],  # nothing sends texts here
        notices=appointments.notices(found.id),
    )


@staff.post("/appointments/<appointment_id>")
def act(appointment_id: str) -> ResponseReturnValue:
    """A button on that page."""
    action = _ACTIONS.get(request.form["action"]) or abort(400)
    action(_desk(), appointment_id, request.form)
    return redirect(url_for(".appointment", appointment_id=appointment_id), 303)


@staff.get("/mails")
def mails() -> ResponseReturnValue:
    """What customers got."""
    return render_template("staff/mails.html", mails=current_app.extensions["mailer"].sent())


def _move(desk: Desk, appointment_id: str, form: Form) -> object:
    wall = form.get("starts_at", type=datetime.fromisoformat) or abort(400)
    begin = wall.replace(tzinfo=ZoneInfo(desk.branch.time_zone))
    return desk.appointments.move(appointment_id, begin, resource_id=form["resource"])


_ACTIONS: Final[Mapping[str, Callable[[Desk, str, Form], object]]] = {
    "confirm": lambda desk, about, _: desk.appointments.confirm(about),
    "move": _move,
    "cancel": lambda desk, about, form: desk.appointments.cancel(about, reason=form["reason"]),
    "create": lambda desk, about, _: desk.appointments.create_customer(about),
    "assign": lambda desk, about, form: desk.appointments.assign(about, form["customer"]),
    "tell": lambda desk, about, form: desk.appointments.notify(about, by=form["by"]),
}


def _desk() -> Desk:
    desk: Desk = current_app.extensions["desk"](session["who"])
    return desk


def _same(given: str, right: str) -> bool:
    return compare_digest(given.encode(), right.encode())
