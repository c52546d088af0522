"""What the tests of the booking page share: the page on a clock that stands still, and what a visitor does there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any, Final

from attrs import frozen
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from booking_page.app import make_app
from booking_page.mails import FolderMailer
from booking_page.shop import BRANCH, set_up
from loyaltycore import Desk, Loyalty
from loyaltycore.memory import FixedClock
from loyaltycore.ports import Storage

MONDAY: Final = datetime(2026, 1, 12, 9, tzinfo=UTC)
PASSWORD: Final = "correct horse"
ERIKA: Final = {
    "first_name": "Erika",
    "last_name": "Mustermann",
    "email": "erika@example.org",
    "phone": "01 555 1234",
}


@frozen
class Site:
    """The page, and the shop behind it."""

    app: Flask
    loyalty: Loyalty
    clock: FixedClock
    mailer: FolderMailer

    @property
    def desk(self) -> Desk:
        """A desk of the staff."""
        return self.loyalty.session("anna", BRANCH)

    def link(self) -> str:
        """The path of the link in the latest mail, once all mails have left."""
        self.loyalty.deliver()
        return re.findall(r"http://[^/\s]+(/appointments/\S+)", self.mailer.sent()[0])[0]


@contextmanager
def site(
    storage: Storage, folder: Path, address: str = "http://localhost", **settings: str
) -> Iterator[Site]:
    """The page with its shop set up."""
    mailer, clock = FolderMailer(folder), FixedClock(MONDAY)
    with Loyalty(storage, mailer=mailer, clock=clock) as loyalty:
        set_up(loyalty, address)
        yield Site(make_app(loyalty, mailer, password=PASSWORD, **settings), loyalty, clock, mailer)


def hidden(page: TestResponse) -> dict[str, str]:
    """What a form of a page sends without being asked."""
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.text)
    return {name: unescape(value) for name, value in found}


def times(page: TestResponse) -> list[str]:
    """The times that can be clicked on."""
    return re.findall(r'<button name="starts_at" value="([^"]+)"', page.text)


def click(visitor: FlaskClient, starts_at: str, kind: str = "eye-test") -> TestResponse:
    """Click on a time, and follow to where that leads."""
    return visitor.post("/hold", data={"kind": kind, "starts_at": starts_at}, follow_redirects=True)


def send(visitor: FlaskClient, form: TestResponse, **fields: Any) -> TestResponse:
    """Fill in the form as Erika would, and send it."""
    return visitor.post("/book", data={**hidden(form), **ERIKA, **fields})


def book(visitor: FlaskClient, **fields: Any) -> TestResponse:
    """Book the first time that is free."""
    return send(visitor, click(visitor, times(visitor.get("/?kind=eye-test"))[0]), **fields)
