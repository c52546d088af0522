"""The applications of "Embed it" under the servers that it names, on SQLite and PostgreSQL."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest

from loyaltycore import Loyalty, to_data
from loyaltycore_sql import SqlStorage
from tests.cli.shop import PATIENCE
from tests.docs.pages import ROOT, blocks
from tests.engines import fresh_database
from tests.webhooks.hosts import Host, running, write_blocks

PAGE: Final = ROOT / "docs" / "how-to" / "embed-it.md"
BLOCKS: Final = list(blocks(PAGE))
GUNICORN: Final = "gunicorn --preload --workers 2 --threads 4"
HOSTS: Final = {
    "fastapi": Host("uvicorn main:app", "--port=0", ""),
    "flask": Host(f"{GUNICORN} app:app", "--bind=127.0.0.1:0", ""),
    "django": Host(f"{GUNICORN} mysite.wsgi", "--bind=127.0.0.1:0", ""),
}
CROWD: Final = 40

DJANGO: Final = {
    "settings.py": """\
ALLOWED_HOSTS = ["*"]
MIDDLEWARE = ["django.middleware.common.CommonMiddleware", "mysite.loyalty.LoyaltyErrors"]
ROOT_URLCONF = "mysite.urls"
SECRET_KEY = "a key for tests"
""",
    "wsgi.py": """\
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mysite.settings")
application = get_wsgi_application()
""",
}
"""What `django-admin startproject` would have written beside the files of the page, with the line that the page adds."""

Answer = tuple[int, Any]


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty database."""
    with fresh_database(request.param) as url:
        yield url


@pytest.fixture(params=HOSTS)
def server(
    request: pytest.FixtureRequest, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """The address of an application of the page on that database."""
    write_blocks(BLOCKS, tmp_path)
    for name, text in DJANGO.items():
        (tmp_path / "mysite" / name).write_text(text, "utf-8")
    monkeypatch.setenv("SHOP_DATABASE", database)
    log = tmp_path / "server.log"
    with running(HOSTS[request.param], tmp_path, log) as url:
        yield url
    assert "Traceback" not in log.read_text("utf-8")


def ask(server: str, path: str, form: dict[str, Any] | None = None, key: str | None = None) -> Answer:
    """One request of Anna's: with a form a POST."""
    headers = {"X-User": "anna", "Content-Type": "application/json"}
    if key is not None:
        headers["Idempotency-Key"] = key
    connection = http.client.HTTPConnection(urlsplit(server).netloc, timeout=PATIENCE)
    try:
        body = None if form is None else json.dumps(form)
        connection.request("GET" if form is None else "POST", path, body, headers)
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()


@pytest.mark.parametrize("name", HOSTS)
def test_the_commands_stand_on_the_page(name: str) -> None:
    """What is run here is what people read there."""
    assert any(block.code == f"{HOSTS[name].command}\n" for block in BLOCKS)


def test_a_request_is_a_command_of_the_user_and_errors_are_answers(server: str, database: str) -> None:
    """Records come back as the library has them, changes carry the user's name, and each error has its status."""
    status, made = ask(server, "/customers", {"last_name": "Mustermann", "birth_date": "1980-02-01"})
    assert (status, made["birth_date"]) == (201, "1980-02-01")
    assert ask(server, f"/customers/{made['id']}") == (200, made)
    status, faults = ask(server, "/customers", {"last_name": " ", "birth_date": "1.2.1980", "email": "x@"})
    assert status == 422
    assert {fault["field"]: fault["code"] for fault in faults["faults"]} == {
        "last_name": "required",
        "birth_date": "bad_date",
        "email": "bad_email",
    }
    assert ask(server, "/customers/nobody")[0] == 404
    assert ask(server, "/customers", {"last_name": "One"}, "form-1")[0] == 201
    assert ask(server, "/customers", {"last_name": "Two"}, "form-1")[0] == 409
    with Loyalty(SqlStorage(database)) as loyalty:
        desk = loyalty.session("test")
        assert to_data(desk.customers.get(made["id"])) == made
        assert {entry.actor for entry in desk.activities.since().items} == {"anna"}
        assert desk.customers.count() == 2


def test_requests_that_are_sent_twice_at_once_happen_once(server: str, database: str) -> None:
    """Every request is sent twice at the same moment, to any process: both get the same answer, and nothing is doubled."""
    numbers = [number for number in range(CROWD) for _ in range(2)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(lambda n: ask(server, "/customers", {"last_name": f"Gast{n}"}, f"form-{n}"), numbers)
        )
    assert {status for status, _ in answers} == {201}
    assert answers[::2] == answers[1::2]
    with Loyalty(SqlStorage(database)) as loyalty:
        names = [customer.last_name for customer in loyalty.session("test").customers.each()]
    assert sorted(names) == sorted(f"Gast{n}" for n in range(CROWD))
