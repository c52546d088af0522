"""Customers taken on, changed and imported."""

from __future__ import annotations

from typing import Final

from tests.faults.verbs.verb import Verb

_ROWS: Final = b"last_name;first_name;email\nMuster;Max;max@example.org\nMuster;Eva;\nAdler;Udo;\n"

VERBS: Final = (
    Verb(
        "customer created",
        lambda run: run.desk.customers.create(last_name="Neu", phones=["030 1234567"]),
        "customers.create",
    ),
    Verb(
        "customer changed",
        lambda run: run.desk.customers.change(run.facts["erika"], last_name="Musterfrau", notes="neu"),
        "customers.change",
    ),
    Verb(
        "customer completed",
        lambda run: run.desk.completeness.answer(run.facts["erika"], phones=["0170 1234567"]),
        "completeness.answer",
    ),
    Verb(
        "customers imported in two units",
        lambda run: run.desk.customers.import_file([_ROWS], batch_size=2).added,
        "customers.import",
        units=2,
    ),
)
