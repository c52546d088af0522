"""Merging customers: plan, execute, undo."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Unpack

from loyaltycore.customers.rules.comparing import Candidate, DuplicatePair
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.customers.rules.form import CustomerFields, read_new
from loyaltycore.customers.service import reading_of
from loyaltycore.kernel.criteria import stored
from loyaltycore.kernel.matching import Matcher
from loyaltycore.kernel.validation import Faults
from loyaltycore.merging.batching import all_duplicates
from loyaltycore.merging.executing import Executing
from loyaltycore.merging.finding import duplicates_of
from loyaltycore.merging.matching import KeyMatcher
from loyaltycore.merging.planning import Planning
from loyaltycore.merging.records import REASON_LENGTH
from loyaltycore.merging.rules.distinct import NotDuplicate, declare_distinct
from loyaltycore.merging.rules.merge import Merge, MergeState
from loyaltycore.merging.rules.plan import MergePlan, require_as_planned, require_two
from loyaltycore.merging.rules.undo import require_done, require_last
from loyaltycore.merging.undoing import Undoing
from loyaltycore.work.paging import Page, find_page, read_portion
from loyaltycore.work.running import command, query
from loyaltycore.work.service import Service

LEAST_OF_ALL: Final = 0.5


class Merging(Service):
    """One customer, one record."""

    @query
    def plan(self, *, survivor: str, loser: str) -> MergePlan:
        """Plan to merge two customers: every field in which they differ, and every record that will move.

        Nothing is changed. The plan says what `execute` will do, and what stands in its way; see `MergePlan` for how
        values are chosen.

        Args:
            survivor: The id of the customer who stays.
            loser: The id of the customer who goes. Several are merged one after the other.

        Raises:
            NotFound: There is no such customer.
            Refused: ``merge.same_customer`` or ``merge.merged_already``.
        """
        planning = Planning(self.session, self.unit)
        return planning.plan(*planning.both(survivor, loser))

    @command("merging.execute")
    def execute(self, plan: MergePlan, *, reason: str = "") -> Merge:
        """Merge two customers as planned: all that is the loser's is the survivor's afterwards.

        The loser's id and number answer with the survivor for ever, and `undo` brings both back.

        Args:
            plan: From `plan`, with what was chosen.
            reason: Up to 500 characters.

        Raises:
            InvalidInput: That is no plan, or the reason is too long.
            NotFound: There is no such customer any more.
            EditedMeanwhile: One of the two was changed since the plan was made.
            Refused: ``merge.merged_already``, ``merge.plan_outdated``, or the first of `MergePlan.blockers`.
        """
        with Faults() as faults:
            text = faults.text("reason", reason, limit=REASON_LENGTH, multiline=True)
            if not isinstance(plan, MergePlan):
                faults.note("plan", "wrong_type", "must be a MergePlan, as `plan` makes it")
        self.unit.claim(plan.survivor.id, plan.loser.id)
        planning = Planning(self.session, self.unit)
        pair = planning.both(plan.survivor.id, plan.loser.id, for_update=True)
        now = require_as_planned(plan, planning.plan(*pair).choosing(plan.choices))
        clashes = tuple(planning.clashes(plan.survivor.id, plan.loser.id))
        executing = Executing(self.unit, self.session.house.registry, now, self.unit.ids.new())
        return executing.run(clashes, text)

    @command("merging.undo")
    def undo(self, merge_id: str, *, reason: str = "") -> Merge:
        """Undo a merge: both customers are as they were, each with its own records.

        What was changed since stays as it is and is listed in `Merge.conflicts`; what was added since stays with the
        survivor. Merges are undone in reverse order.

        Args:
            reason: Up to 500 characters.

        Raises:
            NotFound: There is no such merge.
            Refused: ``merge.undone_already`` or ``merge.not_the_last``.
        """
        with Faults() as faults:
            text = faults.text("reason", reason, limit=REASON_LENGTH, multiline=True)
        survivor = self.unit.get(Merge, merge_id).survivor_id
        self.unit.claim(survivor)
        merge = self.unit.get(Merge, merge_id, for_update=True)
        require_done(merge)
        require_last(merge, self._later(merge))
        return Undoing(self.unit, self.session.house.registry, merge).run(text)

    @query
    def duplicates_of(self, customer_id: str) -> tuple[Candidate, ...]:
        """Find who may be the same as a customer, the likeliest first; each with the reasons.

        Who has the same e-mail address, phone number, or last name and date of birth is always among them, up to the
        limits. Nobody is merged by this.

        Raises:
            NotFound: There is no such customer.
        """
        return duplicates_of(self.unit, self.unit.get(Customer, customer_id))

    @query
    def duplicates_like(self, **fields: Unpack[CustomerFields]) -> tuple[Candidate, ...]:
        """Find who may be the same as somebody who is about to be entered, the likeliest first.

        Args:
            **fields: What the form holds so far; see `CustomerFields`.

        Raises:
            InvalidInput: Names every fault of every field.
        """
        with Faults() as faults:
            draft = read_new(faults, fields, reading_of(self.session, self.unit))
        return duplicates_of(self.unit, draft)

    def all_duplicates(
        self, *, matcher: Matcher | None = None, least: float = LEAST_OF_ALL
    ) -> Iterator[DuplicatePair]:
        """Find, in the whole base, who may be there twice: each pair once, in no order.

        All customers are read in portions, so nothing is held up; pairs of whom somebody said that they are two are left
        out. Nobody is merged by this.

        Args:
            matcher: Compares the people; None for `KeyMatcher`, which needs disk space alone.
            least: How likely a pair must be, from 0 to 1, as the matcher sees it: it knows how often people of this base
                agree by chance, which `Candidate.score` does not.

        Raises:
            InvalidInput: That is no matcher, or no share.
        """
        with Faults() as faults:
            if matcher is not None and not callable(getattr(matcher, "pairs", None)):
                faults.note("matcher", "wrong_type", "must be a Matcher")
            if type(least) not in {int, float} or not 0 <= least <= 1:
                faults.note("least", "out_of_range", "must be a number from 0 to 1")
        return all_duplicates(self.session, matcher or KeyMatcher(), least)

    @command("merging.not_duplicates")
    def not_duplicates(self, customer_id: str, other_id: str) -> NotDuplicate:
        """Say that two customers are two: neither is a candidate for the other from now on.

        Raises:
            NotFound: There is no such customer.
            Refused: ``merge.same_customer``.
        """
        one, other = self.unit.get(Customer, customer_id), self.unit.get(Customer, other_id)
        require_two(one, other)
        # By whom it is about: a merge moves it, and its id stays that of the pair before.
        pair = stored("customer_id").one_of((one.id, other.id)) & stored("other_id").one_of(
            (one.id, other.id)
        )
        known = self.unit.first(NotDuplicate, pair)
        actor = self.unit.acting.actor
        return self.unit.apply(declare_distinct(one.id, other.id, known, actor))

    @query
    def get(self, merge_id: str) -> Merge:
        """Read one merge.

        Raises:
            NotFound: There is no such merge.
        """
        return self.unit.get(Merge, merge_id)

    @query
    def of_customer(self, customer_id: str, *, limit: int = 50, after: str = "") -> Page[Merge]:
        """The merges into a customer, oldest first, those that were undone among them.

        Args:
            limit: Length of a page, 1 to 500.
            after: `next` of the previous page.

        Raises:
            NotFound: There is no such customer.
        """
        with Faults() as faults:
            portion = read_portion(faults, ("id",), limit, after)
        where = stored("survivor_id") == self.unit.get(Customer, customer_id).id
        return find_page(self.unit, Merge, where, portion)

    def _later(self, merge: Merge) -> Merge | None:
        """A merge that the same survivor was in later and that still stands."""
        survivor = merge.survivor_id
        again = (stored("survivor_id") == survivor) & (stored("survivor_version") > merge.survivor_version)
        gone = stored("loser_id") == survivor
        still = stored("state") == MergeState.DONE
        return self.unit.first(Merge, (again | gone) & still, order_by=("-id",))
