"""Setting up the card order service, for the chain or for one branch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Unpack

from loyaltycore.cards.rules.order_service import (
    CardCosts,
    CardOrderService,
    CardTemplate,
    ServiceFacts,
    read_service,
)
from loyaltycore.cards.rules.setting_up import remove_service, set_up_service
from loyaltycore.errors import NotFound
from loyaltycore.kernel.branches import Branch
from loyaltycore.kernel.settings import scope_of
from loyaltycore.kernel.validation import check_names
from loyaltycore.work.running import command, query
from loyaltycore.work.service import Service


class CardSetup(Service):
    """The card order service of the chain and of its branches."""

    @command("card_setup.save")
    def save(
        self,
        *,
        provider: str,
        templates: Sequence[CardTemplate],
        costs: CardCosts,
        branch: str | None = None,
        **facts: Unpack[ServiceFacts],
    ) -> CardOrderService:
        """Set the service up, or replace the one there is; orders already placed keep their terms.

        Args:
            branch: The branch that it is for; None for all that have none of their own.
            **facts: See `ServiceFacts`.

        Raises:
            InvalidInput: Names every fault of every field.
            NotFound: There is no such branch.
        """
        check_names(CardOrderService, facts, without=("id", "provider", "templates", "costs", "version"))
        place = self.session.branch if branch is None else self.unit.get(Branch, branch)
        scope = scope_of(None if branch is None else place.id)
        given: Any = templates
        agreed: dict[str, Any] = {**facts}
        service = read_service(CardOrderService(scope, provider, given, costs, **agreed), place.country)
        before = self.unit.seek(CardOrderService, service.id, for_update=True)
        return self.unit.apply(set_up_service(service, before))

    @command("card_setup.remove")
    def remove(self, *, branch: str | None = None) -> None:
        """Remove a service; orders already placed are carried out.

        Raises:
            NotFound: Nothing is set up there.
        """
        before = self.unit.get(CardOrderService, scope_of(branch), for_update=True)
        self.unit.apply(remove_service(before))

    @query
    def get(self, *, branch: str | None = None) -> CardOrderService:
        """Read what is set up for exactly this branch, or for the chain.

        Raises:
            NotFound: Nothing is set up there.
        """
        scope = scope_of(branch)
        service = self.unit.seek(CardOrderService, scope)
        if service is None:
            raise NotFound("card_order_service", scope)
        return service
