"""The change feed: around a customer or a record, or all of it, followed from where the last reader stopped."""

from __future__ import annotations

from collections.abc import Iterator

from loyaltycore.activities.feed import Feed, read_feed
from loyaltycore.kernel.criteria import stored
from loyaltycore.kernel.given import text_of
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
        return find_page(
            self.unit, Activity, stored("customer_id") == self.unit.resolve(customer_id), portion
        )

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
        """All changes of one record, oldest first.

        Args:
            table: The table of its record type, for example ``customers``.

        Raises:
            InvalidInput: There is no such table.
        """
        known = [each.table for each in self.session.house.registry]
        with Faults() as faults:
            if text_of(table) not in known:
                faults.unknown("table", "unknown_table", "table", table, known)
        where = (stored("subject_table") == table) & (stored("subject_id") == key)
        return tuple(self.unit.find(Activity, where, order_by=("id",)))

    def since(self, cursor: str = "", *, limit: int = 100) -> Feed:
        """The activities of all customers and branches that come after a cursor, in one order for all readers.

        A reader who goes on from cursor to cursor gets every activity once, however long its transaction was open and
        whichever clock gave its instant: places in the feed are given after the commit, when somebody asks. So what was
        committed before a call is on its page or on one that follows, and nothing that might still be taken back is.

        Args:
            cursor: `Feed.cursor` of the last page; empty for the beginning. It is valid for ever.
            limit: Greatest length of the page, 1 to 500.

        Raises:
            InvalidInput: ``bad_cursor``, or the limit is out of range.
            Refused: ``outbox.inside_transaction``.
        """
        return read_feed(self.session, cursor, limit)
