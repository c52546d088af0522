"""Processes: start them, work on their steps, complete their offers, update them from their templates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from loyaltycore.customers.rules.customer import Customer
from loyaltycore.kernel.criteria import stored
from loyaltycore.kernel.validation import Faults
from loyaltycore.processes.adding import COMPLETIONS, CompletedOffer
from loyaltycore.processes.records import COMMENT_LENGTH
from loyaltycore.processes.rules import completing, working
from loyaltycore.processes.rules.process import Process, ProcessState, ProcessStep
from loyaltycore.processes.rules.template import ProcessTemplate
from loyaltycore.processes.rules.template_form import read_values
from loyaltycore.processes.starting import StartDraft, Started, Starting
from loyaltycore.processes.steps.registry import STEP_TYPES
from loyaltycore.processes.steps.step_type import StepType, StepWork
from loyaltycore.processes.templates import ProcessTemplates
from loyaltycore.processes.worklist import Worklist
from loyaltycore.work.blocks import OpenUnit
from loyaltycore.work.running import command, query
from loyaltycore.work.unit import Unit

if TYPE_CHECKING:
    from loyaltycore.kernel.pricing.order import Order
    from loyaltycore.processes.rules.completing import OfferCheck
    from loyaltycore.processes.rules.reloading import ReloadReport


class Processes(Worklist):
    """The processes of the customers."""

    @property
    def templates(self) -> ProcessTemplates:
        """The templates from which processes are started."""
        return ProcessTemplates(self.session)

    @query
    def draft(self, customer_id: str) -> StartDraft:
        """What the dialog for a new process shows: templates to choose from, what to ask the customer for.

        Raises:
            NotFound: There is no such customer.
        """
        return Starting(self.session, unit=self.unit).draft(customer_id)

    def start(
        self,
        customer_id: str,
        template: str,
        *,
        answers: Mapping[str, Any] | None = None,
        comment: str = "",
    ) -> Started:
        """Start a process for a customer.

        Missing data never hold it up, unless the option ``processes.require_address`` is on. What was asked for counts
        as asked today, answered or not.

        Args:
            answers: Answers to the questions of `draft`, as in `DataCompleteness.answer`; they complete the customer in
                the same transaction. None if nobody has been asked yet.

        Returns:
            The process and, if no answers were given, what to ask the customer for.

        Raises:
            NotFound: There is no such customer or template.
            InvalidInput: Names every fault of the arguments.
            Refused: ``process.address_required``, ``process_template.hidden``, ``.other_branch`` or ``.other_age``.
        """
        starting = Starting(self.session)
        return starting.started(starting.start(customer_id, template, answers, comment))

    @query
    def get(self, process_id: str) -> Process:
        """Read one process.

        Raises:
            NotFound: There is no such process.
        """
        return self.unit.get(Process, process_id)

    @query
    def of_customer(
        self, customer_id: str, *, state: ProcessState | str | None = None
    ) -> tuple[Process, ...]:
        """The processes of a customer, newest first.

        Args:
            state: Only processes in this state; None for all.

        Raises:
            NotFound: There is no such customer.
            InvalidInput: There is no such state.
        """
        with Faults() as faults:
            wanted = faults.choice("state", state, ProcessState)
        where = stored("customer_id") == self.unit.get(Customer, customer_id).id
        if wanted is not None:
            where &= stored("state") == wanted
        return tuple(self.unit.find(Process, where, order_by=("-id",)))

    @query
    def draft_step(self, process_id: str, step_id: str) -> Any:
        """What the dialog of a step shows, which is up to its type: see `loyaltycore.processes.steps`.

        Nothing is done or stored.

        Raises:
            NotFound: There is no such process or step.
            Refused: As `execute_step`, and what the type refuses.
            StorageError: The type tried to write.
        """
        process = self.unit.get(Process, process_id)
        step, step_type = self._executable(process, step_id)
        # What the type asks joins this unit, too; inside a block as well it only reads.
        reading = self.unit.reading()
        with OpenUnit(self.session.house, reading):
            return step_type.draft(self._work(reading, process, step))

    @command("processes.execute_step")
    def execute_step(self, process_id: str, step_id: str, /, **given: Any) -> Process:
        """Do a step; what its type does and that it is done are stored together or not at all.

        Args:
            **given: What the type asks for, see `loyaltycore.processes.steps`.

        Raises:
            NotFound: There is no such process or step.
            InvalidInput: Names every fault of what was given.
            Refused: ``process.ended``, ``process_step.locked``, ``.inactive``, ``.already_done`` or ``.unknown_type``,
                and what the type refuses.
        """
        process = self.unit.get(Process, process_id, for_update=True)
        step, step_type = self._executable(process, step_id)
        with Faults() as faults:
            answer = step_type.execute(self._work(self.unit, process, step), given)
            result = read_values(faults, "result", answer)
        return self.unit.apply(
            working.finish_step(process, step, result, self.unit.acting.actor, self.unit.now)
        )

    @command("processes.skip_step")
    def skip_step(self, process_id: str, step_id: str, *, reason: str = "") -> Process:
        """Skip a step that is neither mandatory nor a pre-step; it can still be done later.

        Raises:
            NotFound: There is no such process or step.
            Refused: ``process.ended``, ``process_step.locked``, ``.inactive``, ``.already_done`` or ``.not_skippable``.
        """
        why = _reason(reason)
        process = self.unit.get(Process, process_id, for_update=True)
        step = process.step(step_id)
        return self.unit.apply(working.skip_step(process, step, self.unit.acting.actor, self.unit.now, why))

    @query
    def check_offer(self, process_id: str) -> OfferCheck:
        """Say whether the offer can be completed (yes, with a warning, no), and which mandatory steps are open.

        Raises:
            NotFound: There is no such process.
            Refused: ``process.ended``.
        """
        process = self.unit.get(Process, process_id)
        return completing.check_offer(process, _template(self.unit, process).open_mandatory)

    @command("processes.complete_offer")
    def complete_offer(
        self, process_id: str, *, offer: Order | None = None, cards: Mapping[str, str] | None = None
    ) -> Process:
        """Complete the offer of a process, and with it the process, for good.

        Open mandatory steps do not prevent this unless the template blocks (``open_mandatory="block"``); `check_offer` names
        them before.

        Args:
            offer: What is bought; the programs that its articles sell are assigned in the same unit of work.
            cards: To which card each program goes: ids of cards by the ids of lines, an empty id for none.

        Returns:
            The process. `Process.open_mandatory` names the mandatory steps that were left open.

        Raises:
            NotFound: There is no such process.
            InvalidInput: Names every fault of the offer.
            Refused: ``offer.mandatory_steps_open`` or ``process.ended``; ``program_sale.card_choice_required`` or
                ``.mixed_terms``, and what `Programs.assign` refuses.
        """
        process = self.unit.get(Process, process_id, for_update=True)
        bought, chosen = completing.read_offer(offer, cards, process.customer_id)
        policy = _template(self.unit, process).open_mandatory
        decision = completing.complete_offer(process, policy, self.unit.acting.actor, self.unit.now)
        if bought is not None:
            completed = CompletedOffer(self.session, self.unit, process, bought, chosen)
            for complete in self.session.house.added(COMPLETIONS):
                complete(completed)
        return self.unit.apply(decision)

    @command("processes.close")
    def close(self, process_id: str, *, reason: str = "") -> Process:
        """End a process without an offer, whatever steps are open.

        Raises:
            NotFound: There is no such process.
            Refused: ``process.ended``.
        """
        why = _reason(reason)
        process = self.unit.get(Process, process_id, for_update=True)
        return self.unit.apply(completing.close_process(process, self.unit.acting.actor, self.unit.now, why))

    def reload_open_processes(
        self,
        template: str,
        *,
        batch_size: int | None = 500,
        on_progress: Callable[[ReloadReport], object] | None = None,
    ) -> ReloadReport:
        """Bring the changes of a template to all open processes that were started from it.

        New steps come in where the template has them. Steps that are done or skipped stay as they are. Open steps take
        over the template's words, flags and settings, or become inactive if the template no longer has them. Processes
        that have ended do not change.

        It works in units of work of `batch_size` processes. Reloading again changes nothing, so after an interruption
        just start again.

        Args:
            batch_size: Processes of one unit of work, 1 to 1000; None for 500.
            on_progress: Called after each unit of work with what was done so far. If it raises, the reload ends there.

        Returns:
            What this call did.

        Raises:
            NotFound: There is no such template.
            InvalidInput: The batch size is out of range.
            Refused: ``process_template.other_branch``.
        """
        from loyaltycore.processes.reloading import reload_open  # noqa: PLC0415  few programs reload

        return reload_open(self.session, template, batch_size, on_progress)

    def _executable(self, process: Process, step_id: str) -> tuple[ProcessStep, StepType]:
        step = process.step(step_id)
        step_type = self.session.house.added(STEP_TYPES).find(step.type)
        redoable = step_type is not None and step_type.redoable
        working.require_executable(process, step, redoable=redoable)
        if step_type is None:
            raise working.unknown_type(process, step)
        return step, step_type

    def _work(self, unit: Unit, process: Process, step: ProcessStep) -> StepWork:
        return StepWork(self.session, unit, process, step, unit.get(Customer, process.customer_id))


def _template(unit: Unit, process: Process) -> ProcessTemplate:
    return unit.get(ProcessTemplate, process.template)


def _reason(value: object) -> str:
    with Faults() as faults:
        return faults.text("reason", value, limit=COMMENT_LENGTH)
