"""The capability of a host: its verbs are as safe as the library's own."""

from __future__ import annotations

from typing import Final

from invoices import Invoices, Line
from loyaltycore import Money
from tests.faults.verbs.verb import Run, Verb

_BOUGHT: Final = [Line("Case", Money(1250, "EUR"))]


def _invoices(run: Run) -> Invoices:
    return run.desk.service(Invoices)


def _started(run: Run) -> None:
    templates = run.free.processes.templates
    templates.create("glasses", name="Glasses")
    templates.add_step("glasses", "write_invoice", name="Invoice", step="bill", settings={"text": "Lenses"})
    run.free.processes.start(run.facts["erika"], "glasses")


def _process(run: Run) -> str:
    return run.free.processes.of_customer(run.facts["erika"])[0].id


VERBS: Final = (
    Verb("invoice written", lambda run: _invoices(run).write(run.facts["erika"], _BOUGHT), "invoices.write"),
    Verb("invoice paid", lambda run: _invoices(run).pay(run.facts["invoice"]), "invoices.pay"),
    Verb(
        "invoice cancelled",
        lambda run: _invoices(run).cancel(run.facts["invoice"], reason="error"),
        "invoices.cancel",
    ),
    Verb(
        "invoice written by a step",
        lambda run: run.desk.processes.execute_step(_process(run), "bill", amount="249.00"),
        "processes.execute_step",
        _started,
    ),
)
