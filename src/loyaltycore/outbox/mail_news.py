"""Mails that come back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from loyaltycore.errors import DeliveryFailed
from loyaltycore.outbox.following import take_in
from loyaltycore.outbox.news import Intake
from loyaltycore.ports.messaging import SupportsBounces
from loyaltycore.work.session import Session


class MailNews:
    """Takes in what mail servers report of mails."""

    name: Final = "mailer"

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def is_set_up(self) -> bool:
        """Whether there is a mailer to which mails come back."""
        return self._mailer is not None

    @property
    def sends_webhooks(self) -> bool:
        """Whether mails that came back are taken in."""
        return self._mailer is not None

    def receive(self, headers: Mapping[str, str], body: bytes) -> Intake:  # noqa: ARG002  the mail proves itself
        """Take in a mail that came back; the body is the mail."""
        mailer = self._mailer
        if mailer is None:
            raise DeliveryFailed("no_webhooks", "no mails come back to this mailer", permanent=True)
        return sum(
            (take_in(self._session, each, recipient=each.recipient) for each in mailer.parse_bounce(body)),
            Intake(),
        )

    def catch_up(self) -> Intake:
        """Nothing: servers keep no list of what they have reported."""
        return Intake()

    @property
    def _mailer(self) -> SupportsBounces | None:
        mailer = self._session.house.mailer
        return mailer if isinstance(mailer, SupportsBounces) and mailer.hears_bounces else None
