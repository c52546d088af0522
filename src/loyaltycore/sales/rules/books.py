"""Booking an order into purses: several moves of several customers' programs, carried out together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from attrs import define, evolve, field

from loyaltycore.kernel.decisions import Decision, Note
from loyaltycore.kernel.ledger import Beyond, Move, commit, release, reserve, restore, reverse, shares
from loyaltycore.kernel.money import Money
from loyaltycore.programs.rules.assigning import Terms, credits_of
from loyaltycore.programs.rules.assignment import ProgramAssignment, ProgramMove
from loyaltycore.programs.rules.entering import About, Scene, enter, narrowed, purse_of
from loyaltycore.programs.rules.kind import Award, Credit
from loyaltycore.programs.rules.using import followed
from loyaltycore.sales.rules.joining import held_by
from loyaltycore.sales.rules.reservation import Held
from loyaltycore.sales.rules.settlement import Draw


@define
class Books:
    """Assignments as they change, and the lines of their histories."""

    scene: Scene
    rows: dict[str, ProgramAssignment] = field(factory=dict)
    _before: dict[str, ProgramAssignment] = field(factory=dict)
    _moves: list[ProgramMove] = field(factory=list)

    def read(self, rows: Iterable[ProgramAssignment]) -> list[ProgramAssignment]:
        """Assignments as they are by now."""
        found = []
        for row in rows:
            self._before.setdefault(row.id, row)
            found.append(self.rows.setdefault(row.id, row))
        return found

    def enter(self, row: ProgramAssignment, moves: Sequence[Move], about: About) -> ProgramMove:
        """Apply moves to an assignment; the answer is the first line."""
        entered = enter(self.rows[row.id], moves, about, self.scene)
        self.rows[row.id] = entered.assignment
        self._moves += entered.moves
        return entered.moves[0]

    def decision(self, action: str) -> Decision[None]:
        """Everything that was booked."""
        changed = [row for row in self.rows.values() if row is not self._before[row.id]]
        return Decision(
            None,
            add=tuple(self._moves),
            save=tuple(changed),
            notes=tuple(Note(action, narrowed(self._before[row.id]), narrowed(row)) for row in changed),
        )


def hold(
    books: Books, rows: Sequence[ProgramAssignment], units: int, hold_id: str, until: datetime, about: About
) -> list[Held]:
    """Set units aside.

    Raises:
        Refused: ``purse.insufficient`` or ``purse.too_many_holds``.
    """
    current, held = books.read(rows), []
    parts = shares([purse_of(row) for row in current], units, books.scene.now)
    for row, part in zip(current, parts, strict=True):
        if part:
            books.enter(row, [reserve(purse_of(row), hold_id, part, books.scene.now, until)], about)
            held.append(Held(row.id, part))
    return held


def let_go(books: Books, rows: Sequence[ProgramAssignment], hold_id: str, about: About) -> None:
    """Release what is set aside."""
    for row in books.read(rows):
        move = release(purse_of(row), hold_id, books.scene.now)
        if move is not None:
            books.enter(row, [move], about)


def spend(
    books: Books,
    rows: Sequence[ProgramAssignment],
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
            move = commit(purse_of(row), hold_id, part, now)
            line = books.enter(row, followed(row, move, terms, now), about)
            draws.append(Draw(row.id, line.id, part))
    return draws


def _parts(rows: Sequence[ProgramAssignment], units: int, hold_id: str, now: datetime) -> Sequence[int]:
    purses = [purse_of(row) for row in rows]
    if not held_by(purses, hold_id, now):
        return shares(purses, units, now)
    parts = []
    for purse in purses:
        part = min(units, held_by([purse], hold_id, now))
        units -= part
        parts.append(part)
    return parts


def award(
    books: Books, row: ProgramAssignment, terms: Terms, points: int, per: Money | None, about: About
) -> ProgramMove:
    """Give points that an order earns, with the dates that the program says."""
    (current,), now = books.read([row]), books.scene.now
    today = terms.day(now)
    dated = terms.kind.earned(terms.terms, Award(per, today)) if per else None
    given = evolve(dated, amount=points) if dated else Credit(points)
    month = today.year * 100 + today.month
    moves = credits_of(purse_of(current), [given], terms, now, month=month)
    return books.enter(current, followed(current, moves[0], terms, now), about)


def give_back(
    books: Books,
    row: ProgramAssignment,
    terms: Terms,
    spending: ProgramMove,
    earlier: Iterable[Move],
    units: int,
    about: About,
) -> None:
    """Put back what an order spent, into its own lots with their own dates."""
    (current,), now = books.read([row]), books.scene.now
    idle = terms.kind.renewed(terms.terms, terms.day(now))
    move = restore(purse_of(current), spending, earlier, units, now, grace_until=terms.end(idle))
    if move is not None:
        books.enter(current, followed(current, move, terms, now), about)


def claw_back(
    books: Books,
    row: ProgramAssignment,
    given: ProgramMove,
    earlier: Iterable[Move],
    points: int,
    about: About,
) -> None:
    """Take back what an order earned; what is spent by now is owed."""
    (current,) = books.read([row])
    move = reverse(purse_of(current), given, earlier, points, books.scene.now, beyond=Beyond.DEFICIT)
    if move is not None:
        books.enter(current, [move], about)
