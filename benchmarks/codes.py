"""Making a million codes, beside bare rows by `executemany`, whose codes nobody could show again.

Started as a program with the URL of a database and a number, this module makes so many codes and prints how many there are
and how much memory the process took at most.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import partial
from itertools import count, islice
from time import perf_counter
from uuid import uuid4

from attrs import define, field
from sqlalchemy import Engine

from benchmarks.databases import ENGINES, database
from benchmarks.memory import figures_of, flat, peak
from benchmarks.programs import KEYS, insert, instant, shop_with_quotas, two_shops
from benchmarks.timing import Result, at_most, duel, processor
from loyaltycore import Loyalty
from loyaltycore.desk import Desk
from loyaltycore_sql import SqlStorage

FEW, MANY = 100_000, 1_000_000
PORTION = 1_000
ROUNDS = 2
LIMIT = 2.0


def run() -> Iterator[Result]:
    """Each engine: a code of a batch, and the memory that a batch takes."""
    for name in ENGINES:
        with two_shops(name, 0) as (desk, _, bare, _):
            clock = processor if name == "sqlite" else perf_counter
            times = duel(partial(_make, desk, MANY), _Peer(bare).make, ROUNDS, clock=clock)
            yield at_most(f"make {MANY:,} codes, {name}", *times, LIMIT, MANY)
        with database(name) as url:
            _close(shop_with_quotas(url, 0)[0])
            few, many = _peak(url, FEW), _peak(url, MANY)
            yield flat(f"peak memory of that, {name}", (few, FEW), (many, MANY))


def _close(desk: Desk) -> None:
    desk.house.storage.close()  # type: ignore[attr-defined]  # a SQL storage can be closed


def _make(desk: Desk, many: int) -> int:
    return desk.vouchers.generate("autumn", many).made


@define
class _Peer:
    """What a careful programmer would write for this alone."""

    engine: Engine
    _number: Iterator[int] = field(factory=count)

    def make(self) -> None:
        """A batch of bare rows, in transactions of a thousand."""
        batch = f"b{next(self._number)}"
        for _ in range(MANY // PORTION):
            now = instant()
            rows = [
                {"id": f"{number:032x}", "hash": uuid4().hex, "batch": batch, "at": now}
                for number in islice(self._number, PORTION)
            ]
            with self.engine.begin() as connection:
                connection.execute(_VOUCHER, rows)


def _peak(url: str, many: int) -> float:
    made, megabytes = figures_of("benchmarks.codes", url, str(many))
    if made != many:
        raise AssertionError(f"{made:.0f}, not {many}")
    return megabytes


_VOUCHER = insert(
    "vouchers",
    id=":id",
    program="'autumn'",
    revision="1",
    code_hash=":hash",
    key_id="'2026'",
    own_code="FALSE",
    hint="'ABCD'",
    batch_id=":batch",
    bound="FALSE",
    unit="'uses'",
    amount="1",
    balance="1",
    paid="FALSE",
    starts_at=":at",
    void_why="''",
    order_ref="''",
    line_ref="''",
    comment="''",
    issued_at=":at",
    issued_by="'anna'",
    version="1",
)


def main(url: str, many: str) -> None:
    """Make a batch."""
    desk = Loyalty(SqlStorage(url), code_keys=KEYS).session("anna")
    print(_make(desk, int(many)), peak())
    _close(desk)


if __name__ == "__main__":
    main(*sys.argv[1:])
