"""The change feed: newest first, a page at a time or as a whole."""

from __future__ import annotations

from collections.abc import Iterator

from loyaltycore.kernel.criteria import stored
from loyaltycore.kernel.validation import Faults
from loyaltycore.work.journal import Activity
from loyaltycore.work.paging import Page, find_page, read_portion
from loyaltycore.work.running import query
from loyaltycore.work.service import Service


class Activities(Service):
    """Who changed what, when, from what to what."""

    @query
    def of_customer(self, customer_id: str, *, limit: int = 10, after: str = "") -> Page[Activity]:
        """The latest changes around a customer, newest first.

        Args:
            limit: Length of a page, 1 to 500.
            after: `next` of the previous page.
        """
        with Faults() as faults:
            portion = read_portion(faults, ("-id",), limit, after)
        return find_page(self.unit, Activity, stored("customer_id") == customer_id, portion)

    def expand(self, customer_id: str) -> Iterator[Activity]:
        """The whole list around a customer, newest first, read a page at a time."""
        cursor = ""
        while True:
            page = self.of_customer(customer_id, limit=500, after=cursor)
            yield from page.items
            cursor = page.next
            if not cursor:
                return

    @query
    def of_record(self, table: str, key: str) -> tuple[Activity, ...]:
        """All changes of one record, oldest first."""
        where = (stored("subject_table") == table) & (stored("subject_id") == key)
        return tuple(self.unit.find(Activity, where, order_by=("id",)))
