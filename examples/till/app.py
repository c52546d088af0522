"""The application: its pages, and what every answer has."""

from __future__ import annotations

from typing import Final

from flask import Flask, Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from loyaltycore import Conflict, InvalidInput, Loyalty, Money, NotFound, Refused
from till.pages import pages
from till.shop import BRANCH

_HOSTS: Final = ("127.0.0.1", "localhost")
_POLICY: Final = (
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def make_app(loyalty: Loyalty, *, clerk: str) -> Flask:
    """Put the application together.

    Args:
        clerk: Who works at the till: all that it does is written down under this name.
    """
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = 32 * 1024
    app.extensions["desk"] = lambda: loyalty.session(clerk, BRANCH)
    app.jinja_env.globals.update(branch=loyalty.session(clerk, BRANCH).branch, money=Money)
    app.register_blueprint(pages)
    app.before_request(_guard)
    app.after_request(_protect)
    for error in (Refused, NotFound, Conflict, InvalidInput, HTTPException):
        app.register_error_handler(error, _say_sorry)
    return app


def _guard() -> None:
    """No other site leads here under a name of its own, or sends a form in the clerk's name."""
    own = request.host_url.rstrip("/")
    if request.host.partition(":")[0] not in _HOSTS:
        abort(400, "The till has another address.")
    if request.method == "POST" and request.headers.get("Origin", own) != own:
        abort(403, "This form comes from another site.")


def _protect(response: Response) -> Response:
    """No script, no foreign content, no frame."""
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    return response


def _say_sorry(error: Exception) -> ResponseReturnValue:
    """The page for everything that the till cannot say itself."""
    match error:
        case HTTPException():
            status, message = error.code or 500, error.description or error.name
        case Refused():
            status, message = 409, str(error)
        case NotFound():
            status, message = 404, "There is no such receipt."
        case InvalidInput():
            status, message = 400, str(error)
        case _:
            status, message = 409, "This was changed or sent already. Please begin again."
    return render_template("sorry.html", message=message), status
