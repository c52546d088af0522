"""Texts through Kannel, an SMS gateway that one runs oneself.

Everything is posted in headers and a body, so that neither the password nor the text stands in an address that somebody
logs. Kannel cannot tell a repetition: it has no key for that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from attrs import field, frozen

from loyaltycore.errors import Fault
from loyaltycore.kernel.fates import SmsReport
from loyaltycore.kernel.signing import check_secrets
from loyaltycore.kernel.texting import Alphabet, segments_of
from loyaltycore.ports.messaging import Receipt, ReportCall, SmsText
from loyaltycore_http import options
from loyaltycore_http.opening import open_transport
from loyaltycore_sms import kannel_answers, kannel_reports
from loyaltycore_sms.gateway import HttpGateway
from loyaltycore_sms.references import reference

_ALL_REPORTS: Final = "31"
"""Delivered, not delivered, queued, accepted and rejected by the operator."""

_MOST_CREDENTIAL: Final = 200


@frozen(kw_only=True, eq=False)
class KannelSms(HttpGateway):
    """Hands texts to the ``sendsms`` interface of a Kannel.

    Raises:
        InvalidInput: An option is wrong; all of them are named.
        MissingExtra: The extra ``sms`` is not installed.
    """

    url: str = field(converter=options.without_slash)
    """Address of the interface, such as ``http://127.0.0.1:13013/cgi-bin/sendsms``. Unencrypted only on loopback."""
    username: str = field(repr=False)
    """Of a group ``sendsms-user``."""
    password: str = field(repr=False)
    smsc: str = ""
    """The route that texts take; empty for Kannel's own choice."""
    report_url: str = ""
    """Where Kannel finds the receiver of reports, such as ``http://127.0.0.1:8080/webhooks/sms``; empty for no reports.
    Unencrypted only on loopback."""
    report_secrets: tuple[str, ...] = field(default=(), converter=options.texts_of, repr=False)
    """Texts of 24 to 128 characters that nobody can guess; the first one signs. Reports that were signed with any of
    them are believed: two while one is being replaced."""
    _transport: Any = field(init=False, repr=False)

    @_transport.default
    def _open(self) -> Any:
        self.check()
        return open_transport("sms", self, self.url, {"Accept": "*/*"})

    @property
    def transport(self) -> Any:
        """How Kannel is called."""
        return self._transport

    def send(self, sms: SmsText) -> Receipt:
        """Hand one text over; `loyaltycore_sms.kannel_answers` lists what each answer means.

        Raises:
            DeliveryFailed: ``credentials_refused``, ``sender_missing`` or ``wrong_address``. Transient: the text goes
                through once a person has corrected the set-up.
        """
        refusal = self.refusal(sms)
        if refusal is not None:
            return refusal
        headers, body = self._written(sms)
        return kannel_answers.receipt(self._transport.call("POST", "", body=body, headers=headers))

    def parse_report(self, call: ReportCall, now: datetime) -> tuple[SmsReport, ...]:  # noqa: ARG002  the port's signature: Kannel signs no time
        """Prove and read a report: Kannel calls the address that it was given with the text."""
        return kannel_reports.read(call, self.report_secrets)

    def _written(self, sms: SmsText) -> tuple[Mapping[str, str], bytes]:
        """The headers and the body of the request."""
        plain = segments_of(sms.text).alphabet is Alphabet.GSM
        charset = "UTF-8" if plain else "UTF-16BE"
        headers = {
            "Content-Type": f"text/plain; charset={charset}",
            "X-Kannel-Username": self.username,
            "X-Kannel-Password": self.password,
            "X-Kannel-To": sms.to,
            "X-Kannel-Coding": "0" if plain else "2",
        }
        if self.sender:
            headers["X-Kannel-From"] = self.sender
        if self.smsc:
            headers["X-Kannel-SMSC"] = self.smsc
        if self.report_url and (own := reference(sms.message_id, self.report_secrets[0])):
            headers["X-Kannel-DLR-Mask"] = _ALL_REPORTS
            headers["X-Kannel-DLR-Url"] = f"{self.report_url}?{kannel_reports.query(own)}"
        return headers, sms.text.encode(charset)

    def own_faults(self) -> Iterator[Fault]:
        """What is wrong with addresses, credentials and secrets."""
        yield from options.check_base_url(self.url, "url")
        yield from _check_words(username=self.username, password=self.password)
        if self.smsc:
            yield from _check_words(smsc=self.smsc)
        if self.report_url:
            yield from options.check_base_url(self.report_url, "report_url")
        yield from check_secrets("report_secrets", self.report_secrets)
        if "%" in self.report_url:
            yield Fault("report_url", "bad_format", "must hold no '%': Kannel would replace it")
        elif self.report_url and not self.report_secrets:
            yield Fault("report_secrets", "required", "must not be empty: anybody could report anything")


def _check_words(**given: str) -> list[Fault]:
    """What fits into a header as it is."""
    return [
        Fault(name, "bad_format", "must be printable ASCII without blanks at its ends")
        for name, text in given.items()
        if not text
        or len(text) > _MOST_CREDENTIAL
        or text != text.strip()
        or not (text.isascii() and text.isprintable())
    ]
