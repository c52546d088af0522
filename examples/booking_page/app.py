"""The application: the pages of the customers, those of the staff, and what every answer has."""

from __future__ import annotations

import secrets
from typing import Final
from zoneinfo import ZoneInfo

from flask import Flask, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from booking_page.mails import FolderMailer
from booking_page.pages import pages
from booking_page.shop import BRANCH
from booking_page.staff import staff
from loyaltycore import Conflict, InvalidInput, Loyalty, NotFound, Refused

_STATUS: Final = {"booking.bad_link": 404, "booking.too_many": 429}
_POLICY: Final = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors"


def make_app(loyalty: Loyalty, mailer: FolderMailer, *, password: str, embed_in: str = "") -> Flask:
    """Put the application together.

    Args:
        password: What the staff sign in with.
        embed_in: The origins whose pages may show it in a frame, separated by spaces.
    """
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=secrets.token_bytes(32),
        SESSION_COOKIE_PATH="/staff",
        SESSION_COOKIE_SAMESITE="Strict",
        MAX_CONTENT_LENGTH=32 * 1024,
        EMBED_IN=f"'self' {embed_in}",
    )
    branch = loyalty.session("page", BRANCH).branch
    zone = ZoneInfo(branch.time_zone)
    app.extensions.update(
        # All that the pages of the customers are given is a planner.
        planner=lambda: loyalty.planner(BRANCH, visitor=request.remote_addr or ""),
        zone=zone,
        today=lambda: branch.local_date(loyalty.clock.now()),
        desk=lambda who: loyalty.session(who, BRANCH),
        mailer=mailer,
        password=password,
    )
    app.jinja_env.filters.update(
        time=lambda at: f"{at.astimezone(zone):%H:%M}",
        day=lambda at: f"{at:%A}, {at.day} {at:%B}",
        clock_time=lambda at: f"{at.astimezone(zone):%Y-%m-%dT%H:%M}",
    )
    app.jinja_env.globals["branch"] = branch
    app.register_blueprint(pages)
    app.register_blueprint(staff)
    app.after_request(_protect)
    for error in (Refused, NotFound, Conflict, InvalidInput, HTTPException, OverflowError):
        app.register_error_handler(error, _say_sorry)
    return app


def _protect(response: Response) -> Response:
    """No script, no foreign content, no other site's frame; and no address with a token leaves in a `Referer`."""
    embed_in = "'none'" if request.blueprint == "staff" else current_app.config["EMBED_IN"]
    response.headers["Content-Security-Policy"] = f"{_POLICY} {embed_in}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    return response


def _say_sorry(error: Exception) -> ResponseReturnValue:
    """The page for everything that a form cannot say itself."""
    match error:
        case HTTPException():
            status, message = error.code or 500, error.description or error.name
        case Refused():
            status, message = _STATUS.get(error.code, 409), str(error)
        case NotFound():
            status, message = 404, "There is no such page."
        case InvalidInput() | OverflowError():
            status, message = 400, str(error)
        case _:
            status, message = 409, "This was changed or sent already. Please begin again."
    return render_template("sorry.html", message=message), status
