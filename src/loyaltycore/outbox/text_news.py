"""What a gateway reports of texts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from loyaltycore.errors import DeliveryFailed
from loyaltycore.outbox.following import take_in
from loyaltycore.outbox.news import Intake
from loyaltycore.ports.messaging import ReportCall, SupportsSmsReports
from loyaltycore.work.session import Session


class TextNews:
    """Takes in what becomes of texts."""

    name: Final = "sms"

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def is_set_up(self) -> bool:
        """Whether there is a gateway."""
        return self._session.house.sms is not None

    @property
    def sends_webhooks(self) -> bool:
        """Whether the gateway reports."""
        return isinstance(self._session.house.sms, SupportsSmsReports)

    def receive(self, headers: Mapping[str, str], body: bytes) -> Intake:
        """Take in a call that was posted."""
        return self._receive(ReportCall(headers=headers, body=body))

    def receive_query(self, query: str) -> Intake:
        """Take in a call that says everything in its query."""
        return self._receive(ReportCall(method="GET", query=query))

    def catch_up(self) -> Intake:
        """Nothing: gateways keep no list of what they have reported."""
        return Intake()

    def _receive(self, call: ReportCall) -> Intake:
        gateway = self._session.house.sms
        if not isinstance(gateway, SupportsSmsReports):
            raise DeliveryFailed("no_webhooks", "this gateway reports nothing", permanent=True)
        reports = gateway.parse_report(call, self._session.house.clock.now())
        return sum(
            (take_in(self._session, each, vendor_id=each.vendor_id) for each in reports),
            Intake(),
        )
