"""Booking an order into purses: several moves of several customers' programs, carried out together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from attrs import define, evolve, field

from loyaltycore.kernel.decisions import Decision, Note
from loyaltycore.kernel.ledger import Beyond, Move, commit, release, reserve, restore, reverse, shares
from loyaltycore.kernel.money import Money
from loyaltycore.programs.rules.assigning import Terms, credits_of
from loyaltycore.programs.rules.assignment import ProgramMove
from loyaltycore.programs.rules.entering import About, Scene
from loyaltycore.programs.rules.kind import Award, Credit
from loyaltycore.sales.rules.holders import Holder, entered, purse_in, shown, with_followers
from loyaltycore.sales.rules.joining import held_by
from loyaltycore.sales.rules.reservation import Held
from loyaltycore.sales.rules.settlement import Draw
from loyaltycore.vouchers.rules.voucher import Voucher


@define
class Books:
    """Holders as they change, and the lines of their histories."""

    scene: Scene
    rows: dict[str, Holder] = field(factory=dict)
    _before: dict[str, Holder] = field(factory=dict)
    _moves: list[ProgramMove] = field(factory=list)

    def read(self, rows: Iterable[Holder]) -> list[Holder]:
        """Holders as they are by now."""
        found = []
        for row in rows:
            self._before.setdefault(row.id, row)
            found.append(self.rows.setdefault(row.id, row))
        return found

    def enter(self, row: Holder, moves: Sequence[Move], about: About) -> ProgramMove:
        """Apply moves to a holder; the answer is the line of the first one."""
        after, lines = entered(self.rows[row.id], moves, about, self.scene)
        self.rows[row.id] = after
        self._moves += lines
        return lines[-len(moves)]

    def decision(self, action: str) -> Decision[None]:
        """Everything that was booked."""
        changed = [row for row in self.rows.values() if row is not self._before[row.id]]
        return Decision(
            None,
            add=tuple(self._moves),
            save=tuple(changed),
            notes=tuple(Note(action, shown(self._before[row.id]), shown(row)) for row in changed),
        )


def hold(
    books: Books, rows: Sequence[Holder], units: int, hold_id: str, until: datetime, about: About
) -> list[Held]:
    """Set units aside.

    Raises:
        Refused: ``purse.insufficient`` or ``purse.too_many_holds``.
    """
    current, held = books.read(rows), []
    parts = shares([purse_in(row) for row in current], units, books.scene.now)
    for row, part in zip(current, parts, strict=True):
        if part:
            books.enter(row, [reserve(purse_in(row), hold_id, part, books.scene.now, until)], about)
            held.append(Held(row.id, part))
    return held


def let_go(books: Books, rows: Sequence[Holder], hold_id: str, about: About) -> None:
    """Release what is set aside."""
    for row in books.read(rows):
        move = release(purse_in(row), hold_id, books.scene.now)
        if move is not None:
            books.enter(row, [move], about)


def spend(
    books: Books,
    rows: Sequence[Holder],
    terms: Terms,
    units: int,
    hold_id: str,
    about: About,
) -> list[Draw]:
    """Spend units: what was set aside first, if anything was.

    Raises:
        Refused: ``purse.insufficient``.
    """
    now, current, draws = books.scene.now, books.read(rows), []
    for row, part in zip(current, _parts(current, units, hold_id, now), strict=True):
        if part:
            move = commit(purse_in(row), hold_id, part, now)
            line = books.enter(row, with_followers(row, move, terms, books.scene), about)
            draws.append(Draw(row.id, line.id, part))
    return draws


def _parts(rows: Sequence[Holder], units: int, hold_id: str, now: datetime) -> Sequence[int]:
    purses = [purse_in(row) for row in rows]
    if not held_by(purses, hold_id, now):
        return shares(purses, units, now)
    parts = []
    for purse in purses:
        part = min(units, held_by([purse], hold_id, now))
        units -= part
        parts.append(part)
    return parts


def award(
    books: Books, row: Holder, terms: Terms, points: int, per: Money | None, about: About
) -> ProgramMove:
    """Give points that an order earns, with the dates that the program says."""
    (current,), now = books.read([row]), books.scene.now
    today = terms.day(now)
    dated = terms.kind.earned(terms.terms, Award(per, today)) if per else None
    given = evolve(dated, amount=points) if dated else Credit(points)
    month = today.year * 100 + today.month
    moves = credits_of(purse_in(current), [given], terms, now, month=month)
    return books.enter(current, with_followers(current, moves[0], terms, books.scene), about)


def give_back(
    books: Books,
    row: Holder,
    terms: Terms,
    spending: ProgramMove,
    earlier: Iterable[Move],
    units: int,
    about: About,
) -> None:
    """Put back what an order spent, into its own lots with their own dates."""
    (current,), now = books.read([row]), books.scene.now
    idle = None if isinstance(current, Voucher) else terms.kind.renewed(terms.terms, terms.day(now))
    move = restore(purse_in(current), spending, earlier, units, now, grace_until=terms.end(idle))
    if move is not None:
        books.enter(current, with_followers(current, move, terms, books.scene), about)


def claw_back(
    books: Books,
    row: Holder,
    given: ProgramMove,
    earlier: Iterable[Move],
    points: int,
    about: About,
) -> None:
    """Take back what an order earned; what is spent by now is owed."""
    (current,) = books.read([row])
    move = reverse(purse_in(current), given, earlier, points, books.scene.now, beyond=Beyond.DEFICIT)
    if move is not None:
        books.enter(current, [move], about)
