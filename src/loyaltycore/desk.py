"""The desk: a session with a door to each capability."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from attrs import frozen

from loyaltycore.work.session import Session

if TYPE_CHECKING:
    from loyaltycore.activities.service import Activities
    from loyaltycore.booking.service import Appointments
    from loyaltycore.branches.service import Branches
    from loyaltycore.cards.service import Cards
    from loyaltycore.completeness.service import DataCompleteness
    from loyaltycore.customers.service import Customers
    from loyaltycore.merging.service import Merging
    from loyaltycore.outbox.service import Outbox
    from loyaltycore.privacy.service import Privacy
    from loyaltycore.processes.service import Processes
    from loyaltycore.programs.service import Programs
    from loyaltycore.properties.service import Properties
    from loyaltycore.sales.service import Sales
    from loyaltycore.selections.service import Selections
    from loyaltycore.settings.service import Settings
    from loyaltycore.templates.service import MessageTemplates
    from loyaltycore.vouchers.service import Vouchers


@frozen(slots=False)
class Desk(Session):
    """A session at one workstation; made by `Loyalty.session`.

    The property of a capability loads it when it is first used. `service` reaches those of the host application.
    """

    @cached_property
    def customers(self) -> Customers:
        """Create, read, change, find and import customers."""
        from loyaltycore.customers.service import Customers

        return Customers(self)

    @cached_property
    def completeness(self) -> DataCompleteness:
        """See what customers' data lack, ask for it, and report on all customers."""
        from loyaltycore.completeness.service import DataCompleteness

        return DataCompleteness(self)

    @cached_property
    def cards(self) -> Cards:
        """Order, present, cancel, invalidate and replace cards."""
        from loyaltycore.cards.service import Cards

        return Cards(self)

    @cached_property
    def programs(self) -> Programs:
        """Define loyalty programs; assign, use and change what customers have of them; present cards to them."""
        from loyaltycore.programs.service import Programs

        return Programs(self)

    @cached_property
    def sales(self) -> Sales:
        """Say what orders cost; reserve, settle and refund them."""
        from loyaltycore.sales.service import Sales

        return Sales(self)

    @cached_property
    def vouchers(self) -> Vouchers:
        """Issue, check and redeem vouchers, and make them by the thousand."""
        from loyaltycore.vouchers.service import Vouchers

        return Vouchers(self)

    @cached_property
    def appointments(self) -> Appointments:
        """Make, assign, confirm, move and cancel appointments; and set planners up."""
        from loyaltycore.booking.service import Appointments

        return Appointments(self)

    @cached_property
    def properties(self) -> Properties:
        """Define properties and give their values to customers."""
        from loyaltycore.properties.service import Properties

        return Properties(self)

    @cached_property
    def processes(self) -> Processes:
        """Start processes, work on their steps, complete their offers; and edit their templates."""
        from loyaltycore.processes.service import Processes

        return Processes(self)

    @cached_property
    def selections(self) -> Selections:
        """Find the customers who meet a condition, and save conditions."""
        from loyaltycore.selections.service import Selections

        return Selections(self)

    @cached_property
    def merging(self) -> Merging:
        """Merge customers who are one, and undo it."""
        from loyaltycore.merging.service import Merging

        return Merging(self)

    @cached_property
    def privacy(self) -> Privacy:
        """Export what is stored about customers, and erase it."""
        from loyaltycore.privacy.service import Privacy

        return Privacy(self)

    @cached_property
    def templates(self) -> MessageTemplates:
        """Word messages to customers, and see how they will look."""
        from loyaltycore.templates.service import MessageTemplates

        return MessageTemplates(self)

    @cached_property
    def branches(self) -> Branches:
        """The branches of the chain."""
        from loyaltycore.branches.service import Branches

        return Branches(self)

    @cached_property
    def settings(self) -> Settings:
        """The options of the chain and of its branches."""
        from loyaltycore.settings.service import Settings

        return Settings(self)

    @cached_property
    def activities(self) -> Activities:
        """The change feed."""
        from loyaltycore.activities.service import Activities

        return Activities(self)

    @cached_property
    def outbox(self) -> Outbox:
        """See how full the outbox is and what was given up, and requeue it."""
        from loyaltycore.outbox.service import Outbox

        return Outbox(self)
