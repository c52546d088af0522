"""Texts through seven.io.

The gateway has no key by which it would tell a repetition from a second text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from attrs import evolve, field, frozen

from loyaltycore.errors import Fault
from loyaltycore.kernel.fates import SmsReport
from loyaltycore.ports.messaging import Receipt, ReportCall, SmsText
from loyaltycore_http import options
from loyaltycore_http.opening import open_transport
from loyaltycore_sms import seven_answers, seven_reports
from loyaltycore_sms.answers import rejected
from loyaltycore_sms.gateway import HttpGateway
from loyaltycore_sms.references import message_of_short, short_reference

LONGEST_TEXT: Final = 1520
"""Characters, as the gateway's documentation says."""

_FOREIGN_ID: Final = 64
"""Characters."""
_LABEL: Final = re.compile(r"[A-Za-z0-9._@-]{0,100}")
_KEY: Final = re.compile(r"[!-~]{1,200}")


@frozen(kw_only=True, eq=False)
class SevenSms(HttpGateway):
    """Hands texts to seven.io.

    Raises:
        InvalidInput: An option is wrong; all of them are named.
        MissingExtra: The extra ``sms`` is not installed.
    """

    api_key: str = field(repr=False)
    base_url: str = field(default="https://gateway.seven.io/api", converter=options.without_slash)
    """Unencrypted only on loopback."""
    label: str = ""
    """What the gateway's statistics are sorted by: letters, digits and ``._@-``."""
    webhook_url: str = ""
    """The address that the gateway calls with its reports, to the letter as it is entered there; it is part of what is
    signed."""
    signing_secrets: tuple[str, ...] = field(default=(), converter=options.texts_of, repr=False)
    """Secrets with which the gateway signs today: two while one is being replaced. None: every report is refused."""
    tolerance: float = 300.0
    """Greatest distance of a report from now in seconds, in both directions; one that is exactly so far away is
    believed."""
    sandbox: bool = False
    """Whether a key is accepted with which nothing is sent."""
    _transport: Any = field(init=False, repr=False)

    @_transport.default
    def _open(self) -> Any:
        self.check()
        return open_transport(
            "sms", self, self.base_url, {"Accept": "application/json", "X-Api-Key": self.api_key}
        )

    @property
    def transport(self) -> Any:
        """How seven.io is called."""
        return self._transport

    def send(self, sms: SmsText) -> Receipt:
        """Hand one text over; `loyaltycore_sms.seven_answers` lists what each answer means.

        Raises:
            DeliveryFailed: ``credentials_refused``, ``sender_refused``, ``sandbox`` or ``wrong_address``. Transient: the
                text goes through once a person has corrected the set-up.
        """
        refusal = self.refusal(sms)
        if refusal is not None:
            return refusal
        if len(sms.text) > LONGEST_TEXT:
            return rejected("too_long", f"the text is longer than {LONGEST_TEXT} characters")
        body = urlencode(self._written(sms)).encode("ascii")
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = self._transport.call("POST", "/sms", body=body, headers=headers)
        return seven_answers.receipt(answer, sandbox=self.sandbox)

    def parse_report(self, call: ReportCall, now: datetime) -> tuple[SmsReport, ...]:
        """Prove and read a report: the gateway signs its calls."""
        found = seven_reports.read(call, now, self.webhook_url, self.signing_secrets, self.tolerance)
        # Others may use the same account: only our own ids are taken for ours.
        return tuple(
            evolve(each, message_id=message_of_short(each.message_id, self.api_key)) for each in found
        )

    def _written(self, sms: SmsText) -> dict[str, str]:
        """The form, without what is empty."""
        form = {
            "to": sms.to,
            "text": sms.text,
            "from": self.sender,
            "foreign_id": short_reference(sms.message_id, self.api_key, _FOREIGN_ID),
            "label": self.label,
        }
        return {name: value for name, value in form.items() if value}

    def own_faults(self) -> Iterator[Fault]:
        """What is wrong with addresses, credentials and secrets."""
        if not _KEY.fullmatch(self.api_key):
            yield Fault("api_key", "bad_format", "must be printable ASCII without blanks")
        if not _LABEL.fullmatch(self.label):
            yield Fault("label", "bad_format", f"must match {_LABEL.pattern}")
        for number, secret in enumerate(self.signing_secrets):
            if not _KEY.fullmatch(secret):
                place = f"signing_secrets[{number}]"
                yield Fault(place, "bad_format", "must be printable ASCII without blanks")
        yield from options.check_base_url(self.base_url)
        if self.webhook_url:
            yield from options.check_base_url(self.webhook_url, "webhook_url")
        elif self.signing_secrets:
            yield Fault("webhook_url", "required", "must not be empty: it is part of what is signed")
        yield from options.check_numbers(tolerance=self.tolerance)
