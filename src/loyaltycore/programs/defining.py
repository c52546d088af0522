"""Defining programs: the verbs of whoever decides what customers can have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attrs import evolve

from loyaltycore.kernel.criteria import stored
from loyaltycore.kernel.validation import Faults
from loyaltycore.programs.issuers import Issuers
from loyaltycore.programs.kinds import PROGRAM_KINDS
from loyaltycore.programs.reading import terms_of
from loyaltycore.programs.records import COMMENT_LENGTH, NAME_LENGTH
from loyaltycore.programs.rules import defining
from loyaltycore.programs.rules.kind import ProgramKind
from loyaltycore.programs.rules.program import Program, ProgramRevision, SoldBy, revision_key
from loyaltycore.storing.codec import from_json, to_json
from loyaltycore.work.running import command, query
from loyaltycore.work.service import Service


class Defining(Service):
    """Programs, from their drafts on."""

    @property
    def issuers(self) -> Issuers:
        """Who issued cards that are not one's own."""
        return Issuers(self.session)

    @command("programs.define")
    def define(
        self,
        key: str,
        terms: Any,
        *,
        name: str,
        sold_by: Sequence[str | SoldBy] = (),
        on_card: str = "",
        branches: Sequence[str] = (),
        zone: str | None = None,
    ) -> Program:
        """Keep the draft of a program, or of the next revision of one that is in force.

        Args:
            key: Technical key of the program.
            terms: The terms of a kind, for example `QuotaTerms`; their class says which kind it is.
            name: Tells the program apart; unique.
            sold_by: The articles that sell it.
            on_card: What presenting a card does, for example ``count``; empty for nothing.
            branches: Where it can be used; everywhere if none is named.
            zone: IANA name of the time zone in which its days begin and end; None for that of the branch.

        Raises:
            InvalidInput: Names every fault of every argument.
            DuplicateKey: Another program has that name.
        """
        with Faults() as faults:
            program = faults.key("key", key)
            clean = faults.text("name", name, limit=NAME_LENGTH, required=True)
            kind = self.session.house.added(PROGRAM_KINDS).of(terms)
            defining.read_terms(faults, kind, terms)
            zone_ = self.session.branch.time_zone if zone is None else zone
            wanted = defining.Wanted(terms, sold_by, on_card, branches, zone_)
            draft = defining.read_draft(faults, kind, wanted) if kind else None
        before = self.unit.seek(Program, program, for_update=True)
        written = evolve(draft, terms=to_json(terms)) if draft else None
        return self.unit.apply(defining.define(before, program, clean, written))

    @command("programs.publish")
    def publish(self, *keys: str) -> None:
        """Put drafts into force, or programs that were hidden; who has a program already keeps its terms.

        Raises:
            NotFound: There is no such program.
        """
        for key in keys:
            program = self.unit.get(Program, key, for_update=True)
            number = program.revision
            in_force = self.unit.seek(ProgramRevision, revision_key(program.id, number)) if number else None
            self.unit.apply(defining.publish(program, in_force, self.unit.now, self.unit.acting.actor))

    @command("programs.hide")
    def hide(self, key: str, *, reason: str = "") -> Program:
        """Assign a program to nobody any more; those who have it keep it.

        Raises:
            NotFound: There is no such program.
            Refused: ``program.not_published``.
        """
        with Faults() as faults:
            why = faults.text("reason", reason, limit=COMMENT_LENGTH)
        return self.unit.apply(defining.hide(self.unit.get(Program, key, for_update=True), why))

    @command("programs.remove")
    def remove(self, key: str) -> None:
        """Remove a program that nobody ever had.

        Raises:
            NotFound: There is no such program.
            Refused: ``program.used``.
        """
        program = self.unit.get(Program, key, for_update=True)
        revisions = tuple(self.unit.find(ProgramRevision, stored("program") == program.id))
        self.unit.apply(defining.remove(program, revisions))

    @query
    def get(self, key: str) -> Program:
        """Read one program.

        Raises:
            NotFound: There is no such program.
        """
        return self.unit.get(Program, key)

    @query
    def all(self) -> tuple[Program, ...]:
        """All programs, by name."""
        return tuple(self.unit.find(Program, order_by=("name",)))

    @query
    def terms(self, key: str, *, revision: int | None = None) -> Any:
        """The terms of a program, as a value of its kind.

        Args:
            revision: The number of a revision; None for the draft or, if there is none, what is in force.

        Raises:
            NotFound: There is no such program or revision.
        """
        with Faults() as faults:
            faults.integer("revision", revision, least=1, most=10**9)
        program = self.unit.get(Program, key)
        draft = program.draft
        if revision is None and draft is not None:
            kind = self.session.house.added(PROGRAM_KINDS).get(draft.kind)
            return from_json(draft.terms, kind.terms)
        number = program.revision if revision is None else revision
        return terms_of(self.session.house, self.unit, program.id, number).terms

    def kinds(self) -> tuple[ProgramKind, ...]:
        """The kinds that a program can be of, for a list to choose from."""
        return self.session.house.added(PROGRAM_KINDS).all
