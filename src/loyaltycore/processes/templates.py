"""Process templates: create them, arrange their steps, find them."""

from __future__ import annotations

from typing import Any, Final, Unpack

from attrs import evolve

from loyaltycore.kernel.branches import Branch
from loyaltycore.kernel.criteria import EVERYTHING, Criterion, stored
from loyaltycore.kernel.given import members_of
from loyaltycore.kernel.validation import Faults, check_names
from loyaltycore.processes.rules import editing
from loyaltycore.processes.rules.search import templates_with
from loyaltycore.processes.rules.template import ProcessKind, ProcessTemplate, StepTemplate
from loyaltycore.processes.rules.template_form import (
    MOST_VALUES,
    NAME_LENGTH,
    StepChanges,
    StepFacts,
    TemplateChanges,
    TemplateFacts,
    read_step,
    read_template,
    read_template_changes,
    read_values,
)
from loyaltycore.processes.steps.registry import STEP_TYPES
from loyaltycore.processes.steps.step_type import StepType
from loyaltycore.work.paging import Page, find_page, read_portion
from loyaltycore.work.running import command, query
from loyaltycore.work.service import Service
from loyaltycore.work.session import Session
from loyaltycore.work.unit import Unit

CUSTOMER_CARD: Final = "customer-card"
"""The key of the standard process that orders a card."""

_TEMPLATE_KEEPS: Final = ("id", "steps", "retired", "hidden", "used", "version")
_STEP_KEEPS: Final = ("id", "type")


class ProcessTemplates(Service):
    """The process templates of the chain. Changing one changes no running process.

    A branch's own template is read and changed there and by the head office. Every other branch is refused any verb
    that names it: ``process_template.other_branch``.
    """

    @property
    def step_types(self) -> tuple[StepType, ...]:
        """The types that a step can have, including those of the host application."""
        return self.session.house.added(STEP_TYPES).all

    @command("process_templates.create")
    def create(self, key: str, *, name: str, **facts: Unpack[TemplateFacts]) -> ProcessTemplate:
        """Create a template without steps.

        Args:
            key: Technical key: lower-case letters, digits, ``-`` and ``_``; it never changes.
            name: Unique among the templates.
            **facts: See `loyaltycore.processes.rules.template_form.TemplateFacts`.

        Raises:
            InvalidInput: Names every fault of every field.
            NotFound: There is no such branch.
            Refused: ``process_template.exists``, ``.name_taken`` or ``.other_branch``.
        """
        check_names(ProcessTemplate, facts, without=(*_TEMPLATE_KEEPS, "name"))
        with Faults() as faults:
            template = read_template(faults, key, {"name": name, **facts})
        return self._enter(template)

    @command("process_templates.install_customer_card")
    def install_customer_card(self, *, name: str = "Customer card") -> ProcessTemplate:
        """Create the standard process that orders a customer card; if it exists, it stays as it is.

        Raises:
            InvalidInput: The name is empty or too long.
            Refused: ``process_template.name_taken`` or ``.other_branch``.
        """
        there = self.unit.seek(ProcessTemplate, CUSTOMER_CARD)
        if there is not None:
            editing.require_visible(there, self.session.branch.id)
            return there
        with Faults() as faults:
            template = read_template(faults, CUSTOMER_CARD, {"name": name, "kind": ProcessKind.CUSTOMER_CARD})
        step = StepTemplate("order-card", "order_card", template.name, mandatory=True)
        return self._enter(evolve(template, steps=(step,)))

    @command("process_templates.change")
    def change(self, key: str, **facts: Unpack[TemplateChanges]) -> ProcessTemplate:
        """Change the given fields of a template; None leaves a field as it is.

        Raises:
            NotFound: There is no such template or branch.
            InvalidInput: Names every fault of every field.
            Refused: ``process_template.name_taken`` or ``.other_branch``.
        """
        check_names(ProcessTemplate, facts, without=_TEMPLATE_KEEPS)
        before = self._for_change(key)
        with Faults() as faults:
            after = read_template_changes(faults, before, facts)
        if after.branch_id != before.branch_id:
            self._check_branch(after)
        return self.unit.apply(editing.change_template(before, after, _namesake(self.unit, after)))

    @command("process_templates.add_step")
    def add_step(
        self,
        key: str,
        step_type: str,
        *,
        name: str,
        step: str | None = None,
        position: int | None = None,
        **facts: Unpack[StepFacts],
    ) -> ProcessTemplate:
        """Add a step to a template. Running processes get it by a reload.

        Args:
            step_type: The key of a step type, for example ``assign_property``.
            name: A short name.
            step: The step's key, unique in its template; None makes one.
            position: Its place, from 0; None for the end.
            **facts: See `loyaltycore.processes.rules.template_form.StepFacts`; the settings depend on the type.

        Raises:
            NotFound: There is no such template.
            InvalidInput: Names every fault of every field and of the settings.
            Refused: ``template_step.exists`` or ``template_step.other_type``.
        """
        check_names(StepTemplate, facts, without=(*_STEP_KEEPS, "name"))
        before = self._for_change(key)
        with Faults() as faults:
            step_id = self.unit.ids.new() if step is None else faults.key("step", step)
            found = self._step_type(faults, step_type)
            after = read_step(faults, StepTemplate(step_id, step_type, ""), {"name": name, **facts})
            if found is not None:
                after = self._with_settings(
                    faults, after, found, {} if facts.get("settings") is None else facts["settings"]
                )
        decision = editing.add_step(before, after, position)
        if found is not None:
            found.refer(self.unit, after.settings)
        return self.unit.apply(decision)

    @command("process_templates.change_step")
    def change_step(self, key: str, step: str, **facts: Unpack[StepChanges]) -> ProcessTemplate:
        """Change the given fields of a step; None leaves a field as it is, new settings replace all old ones.

        Raises:
            NotFound: There is no such template or step.
            InvalidInput: Names every fault of every field and of the settings.
        """
        check_names(StepTemplate, facts, without=_STEP_KEEPS)
        template = self._for_change(key)
        before = template.step(step)
        with Faults() as faults:
            after = read_step(faults, before, facts)
            settings = facts.get("settings")
            found = self._step_type(faults, before.type) if settings is not None else None
            if found is not None:
                after = self._with_settings(faults, after, found, settings)
        if found is not None and after != before:
            found.refer(self.unit, after.settings)
        return self.unit.apply(editing.change_step(template, after))

    @command("process_templates.move_step")
    def move_step(self, key: str, step: str, position: int) -> ProcessTemplate:
        """Move a step to a position, from 0; the others keep their order.

        Raises:
            NotFound: There is no such template or step.
            InvalidInput: There is no such position.
        """
        return self.unit.apply(editing.move_step(self._for_change(key), step, position))

    @command("process_templates.move_step_up")
    def move_step_up(self, key: str, step: str) -> ProcessTemplate:
        """Swap a step with the one before it; the first one stays.

        Raises:
            NotFound: There is no such template or step.
        """
        return self.unit.apply(editing.shift_step(self._for_change(key), step, -1))

    @command("process_templates.move_step_down")
    def move_step_down(self, key: str, step: str) -> ProcessTemplate:
        """Swap a step with the one after it; the last one stays.

        Raises:
            NotFound: There is no such template or step.
        """
        return self.unit.apply(editing.shift_step(self._for_change(key), step, 1))

    @command("process_templates.remove_step")
    def remove_step(self, key: str, step: str) -> ProcessTemplate:
        """Remove a step from a template; processes that have it keep it until a reload.

        Raises:
            NotFound: There is no such template or step.
        """
        return self.unit.apply(editing.remove_step(self._for_change(key), step))

    @command("process_templates.hide")
    def hide(self, key: str) -> ProcessTemplate:
        """Stop a template from being started; running processes go on.

        Raises:
            NotFound: There is no such template.
        """
        return self.unit.apply(editing.set_hidden(self._for_change(key), hidden=True))

    @command("process_templates.show")
    def show(self, key: str) -> ProcessTemplate:
        """Allow a hidden template to be started again.

        Raises:
            NotFound: There is no such template.
        """
        return self.unit.apply(editing.set_hidden(self._for_change(key), hidden=False))

    @command("process_templates.delete")
    def delete(self, key: str) -> None:
        """Delete a template from which no process was ever started.

        Raises:
            NotFound: There is no such template.
            Refused: ``process_template.in_use``.
        """
        self.unit.apply(editing.delete_template(self._for_change(key)))

    @query
    def get(self, key: str) -> ProcessTemplate:
        """Read one template.

        Raises:
            NotFound: There is no such template.
            Refused: ``process_template.other_branch``.
        """
        return template_here(self.session, self.unit, key)

    @query
    def find(
        self,
        text: str = "",
        *,
        kind: ProcessKind | str | None = None,
        with_hidden: bool = False,
        limit: int = 50,
        after: str = "",
    ) -> Page[ProcessTemplate]:
        """Find the templates that this branch can see, by name; the head office sees all.

        Args:
            text: Beginnings of words in name, abbreviation or search key, in any order; case and accents do not matter.
            kind: Only templates of this kind; None for all.
            with_hidden: Whether to include hidden ones.
            limit: Length of a page, 1 to 500.
            after: `next` of the previous page, for the same search.

        Raises:
            InvalidInput: Names every fault of every argument.
        """
        with Faults() as faults:
            where = templates_with(faults.text("text", text, limit=NAME_LENGTH)) & self._visible()
            wanted = faults.choice("kind", kind, ProcessKind)
            hidden_too = faults.flag("with_hidden", with_hidden)
            portion = read_portion(faults, ("name",), limit, after)
        if wanted is not None:
            where &= stored("kind") == wanted
        if not hidden_too:
            where &= stored("hidden") == False  # noqa: E712  == builds a criterion, `not` would not
        return find_page(self.unit, ProcessTemplate, where, portion)

    def _visible(self) -> Criterion:
        here = self.session.branch.id
        return stored("branch_id").one_of(("", here)) if here else EVERYTHING

    def _for_change(self, key: str) -> ProcessTemplate:
        return template_here(self.session, self.unit, key, for_update=True)

    def _enter(self, template: ProcessTemplate) -> ProcessTemplate:
        self._check_branch(template)
        taken = self.unit.seek(ProcessTemplate, template.id)
        return self.unit.apply(editing.create_template(template, taken, _namesake(self.unit, template)))

    def _check_branch(self, template: ProcessTemplate) -> None:
        if template.branch_id:
            self.unit.get(Branch, template.branch_id)
        editing.require_visible(template, self.session.branch.id)

    def _step_type(self, faults: Faults, key: object) -> StepType | None:
        found = self.session.house.added(STEP_TYPES).find(key)
        if found is None:
            keys = (each.key for each in self.step_types)
            faults.unknown("step_type", "unknown_choice", "step type", key, keys)
        return found

    def _with_settings(
        self, faults: Faults, step: StepTemplate, step_type: StepType, given: Any
    ) -> StepTemplate:
        members = members_of(given, MOST_VALUES + 1)
        if members is None or len(members) > MOST_VALUES:
            read_values(faults, "settings", given)
            return step
        settings = step_type.read_settings(faults.at("settings"), members, self.unit.reading())
        return evolve(step, settings=read_values(faults, "settings", settings))


def template_here(session: Session, unit: Unit, key: str, *, for_update: bool = False) -> ProcessTemplate:
    """Read a template that the branch of a session can see.

    Raises:
        NotFound: There is no such template.
        Refused: ``process_template.other_branch``.
    """
    template = unit.get(ProcessTemplate, key, for_update=for_update)
    editing.require_visible(template, session.branch.id)
    return template


def _namesake(unit: Unit, template: ProcessTemplate) -> ProcessTemplate | None:
    return unit.first(ProcessTemplate, stored("name") == template.name)
