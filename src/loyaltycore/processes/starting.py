"""Starting a process: whom it may be for, and which data the customer is asked for on this occasion."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from attrs import frozen

from loyaltycore.completeness.rules.assess import CompletionRequest, request_as_of
from loyaltycore.completeness.service import complete, remember, request_for, require_address, watching_of
from loyaltycore.customers.rules.customer import Customer, CustomerKind
from loyaltycore.kernel.criteria import stored
from loyaltycore.kernel.validation import Faults
from loyaltycore.processes.records import COMMENT_LENGTH
from loyaltycore.processes.rules.process import Process
from loyaltycore.processes.rules.starting import Age, Start, age_on, is_for, require_startable, start_process
from loyaltycore.processes.rules.template import ProcessTemplate
from loyaltycore.work.running import command
from loyaltycore.work.service import Service


@frozen
class Started:
    """A process that was started."""

    process: Process
    completion: CompletionRequest | None
    """What to ask the customer for now, or None. It may be left unanswered; answers go to `DataCompleteness.answer`."""


@frozen
class StartDraft:
    """What the dialog for a new process shows."""

    templates: tuple[ProcessTemplate, ...]
    """The templates that can be started for this customer here, by name."""
    completion: CompletionRequest | None
    """What to ask the customer for, or None."""


class Starting(Service):
    """The start of processes."""

    @command("processes.start")
    def start(
        self,
        customer_id: str,
        template: str,
        answers: Mapping[str, Any] | None,
        comment: str,
    ) -> Process:
        """Start a process; see `Processes.start`."""
        with Faults() as faults:
            remark = faults.text("comment", comment, limit=COMMENT_LENGTH, multiline=True)
            if answers is not None and not isinstance(answers, Mapping):
                faults.note("answers", "wrong_type", "must be values by field")
        customer = self.unit.get(Customer, customer_id, for_update=answers is not None)
        kind = self.unit.get(ProcessTemplate, template)
        request = request_for(self.session, self.unit, customer)
        if answers is not None:
            customer = complete(self.session, self.unit, customer, answers)
        require_address(self.session, customer)
        require_startable(kind, self.session.branch.id, self._age(customer))
        if request is not None:
            remember(self.session, self.unit, customer, request.fields)
        asked = _asked(request) if answers is None else {}
        start = Start(
            self.unit.ids.new(), self.session.branch.id, self.unit.acting.actor, self.unit.now, remark, asked
        )
        return self.unit.apply(start_process(kind, customer.id, start))

    def started(self, process: Process) -> Started:
        """What a start returns. It follows from the process, so that a repetition returns the same."""
        day = self.session.branch.local_date(process.started_at)
        watched = watching_of(self.session)
        return Started(process, request_as_of(process.customer_id, watched, process.asked, day))

    def draft(self, customer_id: str) -> StartDraft:
        """What the dialog shows; see `Processes.draft`."""
        customer = self.unit.get(Customer, customer_id)
        age = self._age(customer)
        here = stored("branch_id").one_of(("", self.session.branch.id)) & (stored("hidden") == False)  # noqa: E712  == builds a criterion, `not` would not
        found = self.unit.find(ProcessTemplate, here, order_by=("name",))
        templates = tuple(template for template in found if is_for(template, age))
        return StartDraft(templates, request_for(self.session, self.unit, customer))

    def _age(self, customer: Customer) -> Age:
        is_company = customer.kind is CustomerKind.COMPANY
        return age_on(self.today, customer.birth_date, is_company=is_company)


def _asked(request: CompletionRequest | None) -> Mapping[str, date | None]:
    return {gap.field: gap.last_asked_on for gap in request.gaps} if request is not None else {}
