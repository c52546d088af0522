"""Setting up the card order service, for the chain or for one branch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Unpack

from attrs import evolve, frozen

from loyaltycore.cards.rules.order_service import (
    CardCosts,
    CardOrderService,
    CardTemplate,
    ServiceFacts,
    read_service,
)
from loyaltycore.errors import NotFound
from loyaltycore.kernel.branches import Branch
from loyaltycore.kernel.decisions import Decision, Note, Subject
from loyaltycore.kernel.settings import scope_of
from loyaltycore.kernel.validation import check_names
from loyaltycore.work.running import command, query
from loyaltycore.work.unit import Unit

if TYPE_CHECKING:
    from loyaltycore.desk import Desk


@frozen
class CardSetup:
    """The card order service of the chain and of its branches.

    Attributes:
        desk: The session that asks.
    """

    desk: Desk

    @command("card_setup.save")
    def save(
        self,
        unit: Unit,
        /,
        *,
        provider: str,
        templates: Sequence[CardTemplate],
        costs: CardCosts,
        branch: str | None = None,
        **facts: Unpack[ServiceFacts],
    ) -> CardOrderService:
        """Set the service up, or replace what was set up before; orders placed already keep their terms.

        Args:
            unit: Supplied.

            provider: Name of the vendor.

            templates: The designs that can be ordered.

            costs: What one order costs.

            branch: The branch for which it counts; None for all that have none of their own.

            **facts: See `loyaltycore.cards.rules.order_service.ServiceFacts`.

        Raises:
            InvalidInput: Every fault of every field.

            NotFound: There is no such branch.
        """
        check_names(CardOrderService, facts, without=("id", "provider", "templates", "costs", "version"))
        place = self.desk.branch if branch is None else unit.get(Branch, branch)
        scope = scope_of(branch)
        given: Any = tuple(templates) if isinstance(templates, list) else templates
        agreed: dict[str, Any] = {**facts}
        service = read_service(CardOrderService(scope, provider, given, costs, **agreed), place.country)
        return self._keep(unit, service)

    def _keep(self, unit: Unit, service: CardOrderService) -> CardOrderService:
        about = Subject("card_order_services", service.id)
        before = unit.seek(CardOrderService, service.id, for_update=True)
        if before is None:
            note = Note("card_service.set_up", about, after=service)
            return unit.apply(Decision(service, add=(service,), notes=(note,)))
        after = evolve(service, version=before.version)
        if after == before:
            return before
        return unit.apply(
            Decision(after, save=(after,), notes=(Note("card_service.changed", about, before, after),))
        )

    @command("card_setup.remove")
    def remove(self, unit: Unit, *, branch: str | None = None) -> None:
        """Take a service away; orders placed already are carried out.

        Raises:
            NotFound: Nothing is set up there.
        """
        scope = scope_of(branch)
        before = unit.get(CardOrderService, scope, for_update=True)
        note = Note("card_service.removed", Subject("card_order_services", scope), before=before)
        unit.apply(Decision(None, remove=(before,), notes=(note,)))

    @query
    def get(self, unit: Unit, *, branch: str | None = None) -> CardOrderService:
        """What is set up in exactly that scope.

        Raises:
            NotFound: Nothing is set up there.
        """
        scope = scope_of(branch)
        service = unit.seek(CardOrderService, scope)
        if service is None:
            raise NotFound("card_order_service", scope)
        return service
