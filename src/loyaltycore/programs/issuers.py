"""Who issued cards that are not one's own."""

from __future__ import annotations

from collections.abc import Sequence

from loyaltycore.programs.rules.issuer import Issuer, read_issuer, remove_issuer, save_issuer
from loyaltycore.work.running import command, query
from loyaltycore.work.service import Service


class Issuers(Service):
    """Partners whose cards customers present."""

    @command("issuers.save")
    def save(self, key: str, *, name: str, prefixes: Sequence[str], message: str = "") -> Issuer:
        """Keep an issuer, or replace what is kept of it.

        Args:
            prefixes: How the numbers of its cards begin.
            message: What to tell whoever presents such a card.

        Raises:
            InvalidInput: Names every fault of every argument.
        """
        issuer = read_issuer(key, name, prefixes, message)
        return self.unit.apply(save_issuer(issuer, self.unit.seek(Issuer, issuer.id, for_update=True)))

    @command("issuers.remove")
    def remove(self, key: str) -> None:
        """Forget an issuer.

        Raises:
            NotFound: There is no such issuer.
        """
        self.unit.apply(remove_issuer(self.unit.get(Issuer, key, for_update=True)))

    @query
    def all(self) -> tuple[Issuer, ...]:
        """All issuers, by key."""
        return tuple(self.unit.find(Issuer, order_by=("id",)))
