"""How much one visitor may try on the pages of a planner."""

from __future__ import annotations

from attrs import frozen

from loyaltycore.booking.rules.limits import BOOK, HOLD, LINK, MAIL, Limited, refuse_for_now
from loyaltycore.kernel.settings import SettingsSnapshot
from loyaltycore.ports.limiting import RateLimiter


@frozen
class Visiting:
    """One visitor; the tries of one without a name are not counted, except mails to one address."""

    limiter: RateLimiter
    options: SettingsSnapshot
    visitor: str

    def sends_a_form(self) -> None:
        """Count a try to book.

        Raises:
            Refused: ``booking.too_many``.
        """
        self._count(BOOK, self.visitor)

    def gets_a_mail(self, address: str) -> None:
        """Count a mail to an address, in the unit of work that sends it if the limiter counts in the storage.

        Raises:
            Refused: ``booking.too_many``.
        """
        self._count(MAIL, address.casefold())

    def holds(self) -> None:
        """Count a try to hold a time.

        Raises:
            Refused: ``booking.too_many``.
        """
        self._count(HOLD, self.visitor)

    def follows_link(self) -> None:
        """Count a call with the token of a link, before anything is looked up.

        Raises:
            Refused: ``booking.too_many``.
        """
        self._count(LINK, self.visitor)

    def _count(self, limited: Limited, who: str) -> None:
        limit = limited.limit(self.options[limited.option])
        if who and limit and (wait := self.limiter.admit(who, limit)):
            refuse_for_now(wait)
