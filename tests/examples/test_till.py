"""The till, request by request."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from attrs import frozen

from loyaltycore import Desk, Loyalty
from loyaltycore.memory import MemoryStorage
from loyaltycore.vouchers import CodeKey
from tests.bounded import line_with, running
from tests.examples.running import EXAMPLES
from till.app import Till
from till.shop import BRANCH, set_up


@frozen
class Counter:
    """The till, and the shop behind it."""

    till: Till
    desk: Desk
    customer: str

    def ask(self, path: str, body: Any, method: str = "POST") -> tuple[int, Any]:
        """Status and answer of a request."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        said: list[str] = []
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "CONTENT_LENGTH": str(len(data)),
            "HTTP_X_CLERK": "bert",
            "wsgi.input": io.BytesIO(data),
        }
        answer = b"".join(self.till(environ, lambda status, _: said.append(status)))
        return int(said[0][:3]), json.loads(answer)


@pytest.fixture
def counter() -> Iterator[Counter]:
    with Loyalty(MemoryStorage(), code_keys=[CodeKey("test", "only for tests, and long enough")]) as loyalty:
        set_up(loyalty)
        set_up(loyalty)
        desk = loyalty.session("anna", BRANCH)
        erika = desk.customers.create(last_name="Mustermann")
        desk.programs.assign(erika.id, "club", value=500)
        yield Counter(Till(loyalty), desk, erika.id)


def test_from_the_quote_to_the_refund(counter: Counter) -> None:
    """A frame and three cloths: the price is shown, paid once, and given back; the clerk is written down."""
    lines = [{"article": "frame"}, {"article": "cloth", "quantity": 3}]
    order = {"number": "R-1", "customer": counter.customer, "lines": lines, "spend": {"club": 500}}
    status, shown = counter.ask("/quote", order)
    assert (status, shown["due"], shown["points"]) == (200, 19900 + 798 - 500, 201)
    assert "Three for two" in shown["receipt"]
    paid = {**order, "expect": shown["digest"]}
    assert counter.ask("/settle", paid) == counter.ask("/settle", paid)
    status, back = counter.ask("/refund", {"order": "R-1", "number": "G-1", "reason": "too large"})
    assert (status, back["due"], back["back"]) == (200, shown["due"], {"Club": 500})
    assert counter.desk.sales.settlement("R-1").settled_by == "bert"


def test_a_voucher_is_sold_and_used(counter: Counter) -> None:
    """Its code is in the answer, and pays the next order."""
    sold = {"number": "R-1", "customer": counter.customer, "lines": [{"article": "P-GIFT"}]}
    _, answer = counter.ask("/settle", sold)
    (code,) = answer["codes"]
    _, shown = counter.ask("/quote", {"number": "R-2", "lines": [{"article": "frame"}], "codes": [code]})
    assert shown["due"] == 14900


def test_what_is_wrong_is_said(counter: Counter) -> None:
    """Faults by field, refusals by code with a way out, unknown articles and paths, and what is no JSON."""
    lines = [{"article": "frame", "quantity": 0}]
    status, answer = counter.ask("/quote", {"number": "R-1", "lines": lines})
    assert (status, answer["faults"][0]["field"]) == (422, "order.lines[0].quantity")
    sold = {"number": "R-1", "lines": [{"article": "P-GIFT"}]}
    status, answer = counter.ask("/settle", sold)
    assert (status, answer["code"]) == (409, "program_sale.customer_required")
    assert counter.ask("/quote", {"number": "R-1", "lines": [{"article": "shoe"}]})[0] == 404
    assert counter.ask("/refund", {"order": "R-9", "number": "G-1"})[0] == 404
    for path, body, method in (("/", {}, "POST"), ("/quote", {}, "GET")):
        assert counter.ask(path, body, method)[0] == 404
    for body in (b"{", b"[]", b"{}", b'{"lines": 5, "number": 1}', b"\xff"):
        assert counter.ask("/quote", body)[0] == 400


def test_it_runs_with_one_command() -> None:
    """It says where it answers, and does."""
    command = [sys.executable, "-W", "error", str(EXAMPLES / "till" / "run.py"), "--port", "0"]
    with running(command, stdout=subprocess.PIPE, text=True) as process:
        address = line_with("The till answers at", process.stdout).split()[-1]
        order = {"number": "R-1", "lines": [{"article": "lens", "quantity": 2}]}
        answer = requests.post(f"{address}/quote", json=order, timeout=30)
        assert answer.json()["due"] == 24000
