"""Using a program beside ledgers that keep less or other things: a guarded UPDATE, and a-ledger.

What they do is not the same: the UPDATE keeps no history and knows no lots, and a-ledger keeps balanced postings of one account without
names, lots that expire, activities or command traces of people.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import count
from typing import Any, Final

from sqlalchemy import Engine, create_engine, event, text

from benchmarks.databases import database
from benchmarks.programs import shop_with_quotas
from benchmarks.timing import Result, at_most, duel, processor
from loyaltycore.desk import Desk

LEDGER_LIMIT: Final = 1.0


def run() -> Iterator[Result]:
    """On SQLite, in processor time."""
    with database("sqlite") as url:
        desk, ids = shop_with_quotas(url)
        yield from _beside(desk, ids)
        desk.house.storage.close()  # type: ignore[attr-defined]  # a SQL storage can be closed


def _beside(desk: Desk, ids: Sequence[str]) -> Iterator[Result]:
    def use_all() -> None:
        for each in ids:
            desk.programs.use(each)

    for name, limit, make in (
        ("a guarded UPDATE alone", None, _guarded),
        ("a-ledger", LEDGER_LIMIT, _a_ledger),
    ):
        with database("sqlite") as url:
            engine = _engine(url)
            theirs = make(engine, len(ids))
            ours, peer = duel(use_all, theirs, rounds=5, clock=processor)
            yield at_most(f"use a quota, sqlite, beside {name}", ours, peer, limit, len(ids))
            engine.dispose()


def _engine(url: str) -> Engine:
    """As a-ledger asks for it: foreign keys, and transactions that begin when they are told to."""
    engine = create_engine(url)

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _: object) -> None:
        connection.isolation_level = None
        for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=NORMAL"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _guarded(engine: Engine, holders: int) -> Any:
    """One statement each: nothing but the number that is left."""
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE purses (id TEXT PRIMARY KEY, left_ INTEGER NOT NULL)"))
        rows = [{"id": str(n), "left": 1_000_000} for n in range(holders)]
        connection.execute(text("INSERT INTO purses VALUES (:id, :left)"), rows)
    take = text("UPDATE purses SET left_ = left_ - 1 WHERE id = :id AND left_ >= 1")

    def use_all() -> None:
        for n in range(holders):
            with engine.begin() as connection:
                if connection.execute(take, {"id": str(n)}).rowcount != 1:
                    raise RuntimeError("exhausted")

    return use_all


def _a_ledger(engine: Engine, holders: int) -> Any:
    """A portfolio for each holder, with what he has and what he has used."""
    from a_ledger import Ledger
    from a_ledger.schema import install

    with engine.begin() as connection:
        install(connection)
        accounts = Ledger(connection).accounts
        for n in range(holders):
            accounts.create_portfolio(f"p{n}", code=f"p{n}", currency="XXX", minor_unit=0)
            for name, category in (("left", "LIABILITY"), ("used", "INCOME")):
                accounts.create_account(f"{name}{n}", portfolio_id=f"p{n}", code=name, category=category)
    numbers = count()
    post = partial(_post, engine, numbers)
    for n in range(holders):
        post(n, 1_000_000)

    def use_all() -> None:
        for n in range(holders):
            post(n, -1)

    return use_all


def _post(engine: Engine, numbers: Iterator[int], holder: int, amount: int) -> None:
    """One balanced transaction, refused if more is taken than there is."""
    from a_ledger import Ledger
    from a_ledger.journal import (
        CommandKey,
        JournalBatch,
        Post,
        PostingInput,
        SourceIdentity,
        TransactionInput,
    )

    now, number = datetime.now(UTC), next(numbers)
    postings = (
        PostingInput("left", f"left{holder}", -amount),
        PostingInput("used", f"used{holder}", amount),
    )
    facts = TransactionInput("use", now.date().isoformat(), now.isoformat(), postings)
    batch = JournalBatch(
        f"p{holder}",
        CommandKey("bench", str(number)),
        (Post("use", SourceIdentity("bench", str(number)), facts),),
    )
    with engine.begin() as connection:
        ledger = Ledger(connection)
        if amount < 0:
            left = -ledger.queries.account_balances(f"p{holder}")[f"left{holder}"]
            if left < -amount:
                raise RuntimeError("exhausted")
        ledger.journal.execute(batch)
