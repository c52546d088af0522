"""Rows of an import in order: who is added, who is known already, and whose number belongs to somebody else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from attrs import define, field, frozen

from loyaltycore.customers.rules.customer import Customer
from loyaltycore.customers.rules.identity import Identity, KnownPeople, Match, identity_of, recognise
from loyaltycore.customers.rules.import_report import DroppedField, RejectedRow, SkippedRow


@frozen
class ReadRow:
    """A row that could be read."""

    line: int
    """Physical line of the file on which it starts."""
    draft: Customer
    """A customer without id and instant; with the row's number, or an empty one."""
    dropped: tuple[DroppedField, ...] = ()
    """Faulty fields that are not in the draft."""
    identity: Identity = field(init=False)
    """What the row is recognised by."""

    @identity.default
    def _identity(self) -> Identity:
        return identity_of(self.draft, self.line)


@define
class Sorting:
    """What becomes of some rows."""

    added: list[tuple[int, Customer]] = field(factory=list)
    """The new customers with the lines that they come from."""
    people: KnownPeople = field(factory=KnownPeople)
    """The new customers as later rows recognise them."""
    skipped: list[SkippedRow] = field(factory=list)
    """Rows that were known already."""
    rejected: list[RejectedRow] = field(factory=list)
    """Rows whose number belongs to somebody of another name."""


Complete = Callable[[ReadRow, Identity], tuple[Identity, tuple[str, ...]]]
"""Fills empty fields of somebody known from a row; returns by what they are recognised then, and the fields."""


def sort_rows(
    rows: Iterable[ReadRow],
    known: Sequence[KnownPeople],
    take_on: Callable[[ReadRow, KnownPeople], Customer],
    complete: Complete | None = None,
) -> Sorting:
    """Go through rows in file order; each row sees the customers that earlier rows added.

    Args:
        known: People known before, those known longest first.
        take_on: Makes a customer from a row's draft, with a number; it sees the customers that earlier rows added.
        complete: Fills empty fields of those known already; None leaves them as they are.
    """
    result = Sorting()
    for row in rows:
        match = recognise(row.identity, (*known, result.people))
        if match is None:
            customer = take_on(row, result.people)
            result.added.append((row.line, customer))
            result.people.add(row.identity.of(customer))
        elif match.is_contradicted_by(row.identity):
            result.rejected.append(_taken(row, match))
        else:
            fields: tuple[str, ...] = ()
            if complete is not None:
                identity, fields = complete(row, match.known)
                for people in (*known, result.people) if fields else ():
                    people.replace(match.known, identity)
            result.skipped.append(_skipped(row, match, fields))
    return result


def _taken(row: ReadRow, match: Match) -> RejectedRow:
    number = getattr(match.known, match.by)
    message = f"{number!r} belongs to a customer of another name"
    return RejectedRow(row.line, match.by, f"{match.by}_taken", message)


def _skipped(row: ReadRow, match: Match, completed: tuple[str, ...]) -> SkippedRow:
    known = match.known
    earlier = 0 if known.customer_id else known.line
    return SkippedRow(row.line, match.by, known.customer_id, known.number, earlier, completed, match.reasons)
