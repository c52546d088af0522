"""Rate limits: how often strangers may try something."""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol

from loyaltycore.kernel.limiting import Limit


class RateLimiter(Protocol):
    """Counts tries and says when there are too many.

    In any stretch of `Limit.per` it admits at most `Limit.most` tries of one key, however many processes and threads ask
    at once if it says that it is shared between them. Keys are compared whole, and what one key or one name uses up
    takes nothing from another. A try that is not admitted is not counted.
    """

    def admit(self, key: str, limit: Limit) -> timedelta | None:
        """Count a try, unless there have been too many.

        Args:
            key: Who tries, any text of at most 1,000 characters. It may be personal, such as an e-mail address: do not
                store or log it as it is.

        Returns:
            None if the try is admitted; otherwise how long to wait, more than nothing and at most `Limit.per`.
        """
        ...
