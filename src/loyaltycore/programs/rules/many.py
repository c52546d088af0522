"""Many uses at once: what tills without a connection have done, or what is imported."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from attrs import define, field, frozen

from loyaltycore.kernel.decisions import Decision, Note
from loyaltycore.kernel.given import as_tuple
from loyaltycore.kernel.money import Money
from loyaltycore.kernel.validation import Faults
from loyaltycore.programs.rules import using
from loyaltycore.programs.rules.assigning import Terms
from loyaltycore.programs.rules.assignment import ProgramAssignment, ProgramMove
from loyaltycore.programs.rules.entering import About, Scene, fact_of
from loyaltycore.programs.rules.given import read_use
from loyaltycore.programs.rules.kind import Use

KEPT_REFUSALS: Final = 1000
"""How many refusals a report lists; the count is always exact."""
_REFERENCE_LENGTH: Final = 100
_COMMENT_LENGTH: Final = 500


@frozen
class OfflineUse:
    """Something that was used where nobody could ask."""

    assignment_id: str
    order_ref: str
    """The order or receipt: the same line of it counts once, however often it is sent."""
    line_ref: str = ""
    article: str = ""
    quantity: int | Money = 1
    groups: tuple[str, ...] = field(default=(), converter=as_tuple)
    reference: str = ""
    """The supply that it is for."""
    comment: str = ""

    @property
    def fact(self) -> str:
        """By which it is recognised; `Programs.use` has the same."""
        return fact_of("use", self.assignment_id, self.order_ref, self.line_ref, self.article)

    @property
    def wanted(self) -> Use:
        """What is to be used."""
        return Use(self.article, self.quantity, self.groups)


@frozen
class RefusedUse:
    """One that was refused."""

    place: int
    """Among all that were given, from 0 on."""
    use: OfflineUse
    code: str
    """That of the refusal, or ``not_found``."""
    message: str


@frozen
class UseReport:
    """What became of many uses."""

    used: int = 0
    repeated: int = 0
    """How many had been entered before."""
    refused: int = 0
    refusals: tuple[RefusedUse, ...] = ()
    """The first 1,000."""

    def plus(self, other: UseReport) -> UseReport:
        """Both together."""
        kept = (*self.refusals, *other.refusals)[:KEPT_REFUSALS]
        return UseReport(
            self.used + other.used, self.repeated + other.repeated, self.refused + other.refused, kept
        )


def read_offline(faults: Faults, given: object) -> OfflineUse:
    """Read one use."""
    if type(given) is not OfflineUse:
        faults.note("$", "wrong_type", "must be an OfflineUse")
        return OfflineUse("", "")
    wanted = read_use(faults, given.article, given.quantity, given.groups)
    return OfflineUse(
        faults.text("assignment_id", given.assignment_id, limit=_REFERENCE_LENGTH, required=True),
        faults.text("order_ref", given.order_ref, limit=_REFERENCE_LENGTH, required=True),
        faults.text("line_ref", given.line_ref, limit=_REFERENCE_LENGTH),
        wanted.article,
        wanted.quantity,
        wanted.groups,
        faults.text("reference", given.reference, limit=_REFERENCE_LENGTH),
        faults.text("comment", given.comment, limit=_COMMENT_LENGTH),
    )


@define
class Using:
    """Assignments as they change while many uses are entered in one unit of work."""

    scene: Scene
    rows: dict[str, ProgramAssignment]
    terms: Mapping[tuple[str, int], Terms]
    known: set[str]
    """The facts that have been entered."""
    _beside: dict[tuple[str, str], list[str]] = field(init=False)
    """The ids of what a customer has of a program."""
    _changed: set[str] = field(factory=set)
    _lines: list[ProgramMove] = field(factory=list)
    _notes: list[Note] = field(factory=list)

    def __attrs_post_init__(self) -> None:
        """Put together what belongs together."""
        self._beside = defaultdict(list)
        for row in self.rows.values():
            self._beside[row.customer_id, row.program].append(row.id)

    def enter(self, use: OfflineUse) -> bool:
        """Enter one use; False if it is known.

        Raises:
            Refused: What `Programs.use` refuses.
        """
        if use.fact in self.known:
            return False
        row = self.rows[use.assignment_id]
        terms = self.terms[row.program, row.revision]
        units = using.require_usable(row, terms, use.wanted, use.reference, self.scene)
        about = About(order_ref=use.order_ref, line_ref=use.line_ref, comment=use.comment)
        told = using.about_use(about, use.wanted, units, use.fact)
        decision = using.use(self._rows_of(row, terms), terms, units, told, self.scene)
        for after in decision.save:
            self.rows[after.id] = after
            self._changed.add(after.id)
        self._lines += decision.add
        self._notes += decision.notes
        self.known.add(use.fact)
        return True

    def decision(self) -> Decision[None]:
        """Everything that was entered."""
        save = tuple(self.rows[key] for key in sorted(self._changed))
        return Decision(None, add=tuple(self._lines), save=save, notes=tuple(self._notes))

    def _rows_of(self, row: ProgramAssignment, terms: Terms) -> Sequence[ProgramAssignment]:
        """An assignment and, where a customer has the program once, what a merge has left beside it."""
        if not terms.kind.single:
            return (row,)
        beside = (key for key in self._beside[row.customer_id, row.program] if key != row.id)
        return (row, *(self.rows[key] for key in beside))
