"""The steps that order a customer card, and that enter one without an order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from attrs import evolve
from typing_extensions import override

from loyaltycore.cards.rules.ordering import OrderDraft
from loyaltycore.cards.service import Cards
from loyaltycore.kernel.validation import Faults
from loyaltycore.processes.rules.template import StepValues
from loyaltycore.processes.steps.step_type import StepType, StepWork, read_preset, refuse_others
from loyaltycore.work.unit import Unit

_GIVEN = ("template", "valid_until", "valid_for", "comment", "target")


class OrderCard(StepType):
    """Settings: ``template``, to preset a card template. Given: the arguments of `Cards.order`."""

    key: ClassVar[str] = "order_card"
    label: ClassVar[str] = "Order customer card"
    # Each order costs money: a further card is ordered on purpose, on the customer.
    redoable: ClassVar[bool] = False

    @override
    def read_settings(self, faults: Faults, given: Mapping[str, Any], unit: Unit) -> StepValues:
        """Read the card template; whether it exists is checked when the card is ordered."""
        refuse_others(faults, given, ("template",))
        template = faults.text("template", given.get("template"), limit=40)
        return {"template": template} if template else {}

    def draft(self, work: StepWork) -> OrderDraft:
        """What the order dialog shows; if a card template is preset, that one only."""
        draft = Cards(work.session).draft(work.customer.id)
        preset = work.settings.get("template")
        if not preset:
            return draft
        templates = tuple(each for each in draft.templates if each.key == preset)
        return evolve(draft, templates=templates, template=templates[0].key if templates else None)

    def execute(self, work: StepWork, given: Mapping[str, Any]) -> StepValues:
        """Order the card."""
        with Faults() as faults:
            refuse_others(faults, given, _GIVEN)
            wishes = dict(given)
            if preset := str(work.settings.get("template", "")):
                wishes["template"] = read_preset(faults, "template", given.get("template"), preset)
        order = Cards(work.session).order(work.customer.id, **wishes)
        return {"order": order.id, "card": order.card_id}


class EncodeCard(StepType):
    """Given: the ``number`` that is on the card, and ``valid_until``; see `Cards.encode`."""

    key: ClassVar[str] = "encode_card"
    label: ClassVar[str] = "Encode customer card"
    # A number is had once; a further card is another step.
    redoable: ClassVar[bool] = False

    def execute(self, work: StepWork, given: Mapping[str, Any]) -> StepValues:
        """Enter the card."""
        with Faults() as faults:
            refuse_others(faults, given, ("number", "valid_until"))
            if "number" not in given:
                faults.note("number", "required", "must not be empty")
        card = Cards(work.session).encode(work.customer.id, **given)
        return {"card": card.id}
