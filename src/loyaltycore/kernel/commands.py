"""Commands: the trace by which a repeated or half-answered call is recognised.

Every unit of work that writes leaves one `Command` under its key in the same transaction. A connection that breaks at
the commit is resolved by looking for it; a caller who sends the same key again gets the first result, not a second effect.
"""

from __future__ import annotations

from datetime import datetime

from attrs import frozen


@frozen
class Command:
    """One command that was carried out.

    Attributes:
        id: The command's key: the caller's, or a fresh one.

        name: For example ``cards.order``.

        actor: Who gave it.

        digest: SHA-256 of its arguments, so that a key is not used for two different commands.

        result_table: Where its result is kept; empty for none.

        result_key: The key of its result.

        at: When.
    """

    id: str
    name: str
    actor: str
    digest: str
    result_table: str
    result_key: str
    at: datetime
    version: int = 1
