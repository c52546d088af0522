"""What the gateways have in common: options, limits, and what no gateway could carry."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable
from itertools import chain
from typing import TYPE_CHECKING, Final, Self

from attrs import field, frozen

from loyaltycore.errors import Fault
from loyaltycore.kernel.declared import settle_types
from loyaltycore.kernel.texting import segments_of
from loyaltycore.kernel.validation import Faults
from loyaltycore.ports.messaging import Receipt, SmsText
from loyaltycore_http import options
from loyaltycore_sms.answers import rejected

if TYPE_CHECKING:  # its library is an extra
    from loyaltycore_http.transport import Transport

MOST_SEGMENTS: Final = 255
"""A long text is numbered in one octet."""

_E164: Final = re.compile(r"\+[1-9][0-9]{2,14}")
_NUMERIC: Final = re.compile(r"\+?[0-9]{3,16}")
_ALPHANUMERIC: Final = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9._&-](?:[A-Za-z0-9 ._&-]{0,9}[A-Za-z0-9._&-])?")


@frozen(kw_only=True, eq=False)
class HttpGateway(ABC):
    """Options of every gateway over HTTP.

    One instance serves any number of threads, and a copy of the process opens connections of its own. It ignores
    proxies, ``.netrc`` and certificate settings of the environment: only the options here count.
    """

    sender: str = ""
    """Who the text comes from: up to 11 letters, digits, blanks and ``._&-``, or a number. Empty for what the gateway
    is set up with. Many countries allow only names that were registered before."""
    max_segments: int = 10
    """A text that takes more messages is rejected: each is charged for."""
    timeouts: tuple[float, float] = (5.0, 20.0)
    """Seconds for connecting, and seconds without a byte while reading."""
    deadline: float = 60.0
    """Seconds for a whole call, however slowly the answer drips in."""
    max_response_bytes: int = 65_536
    """A longer answer proves nothing."""
    ca_file: str = field(default="", converter=options.path_of)
    """PEM file with the only trusted authorities; empty for the usual ones."""

    def close(self) -> None:
        """Close idle connections; the gateway can still be used and opens new ones."""
        self.transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    @abstractmethod
    def transport(self) -> Transport:
        """How the gateway is called."""

    def refusal(self, sms: SmsText) -> Receipt | None:
        """The receipt for a text that cannot arrive as it is, or None."""
        if not _E164.fullmatch(sms.to):
            return rejected("invalid_recipient", "the number is not in the form of E.164")
        if not sms.text:
            return rejected("empty_text", "there is no text")
        if any("\ud800" <= character <= "\udfff" for character in sms.text):
            return rejected("unsupported_text", "a character is half of a pair")
        count = segments_of(sms.text).count
        if count > self.max_segments:
            return rejected(
                "too_long", f"the text takes {count} messages, and {self.max_segments} are allowed"
            )
        return None

    def check(self) -> None:
        """Check all options.

        Raises:
            InvalidInput: Names every fault, those of types first: nothing else can be judged with a wrong one.
        """
        with Faults() as faults:
            settle_types(faults, self)
        connect, read = self.timeouts
        with Faults() as faults:
            if self.sender and not is_sender(self.sender):
                faults.note("sender", "bad_format", "must be up to 11 letters and digits, or a number")
            faults.integer("max_segments", self.max_segments, least=1, most=MOST_SEGMENTS)
            numbers = options.check_numbers(
                connect_timeout=connect,
                read_timeout=read,
                deadline=self.deadline,
                max_response_bytes=self.max_response_bytes,
            )
            for fault in chain(self.own_faults(), numbers, options.check_ca_file(self.ca_file)):
                faults.note(fault.field, fault.code, fault.message)

    @abstractmethod
    def own_faults(self) -> Iterable[Fault]:
        """What is wrong with the options that other gateways do not have."""


def is_sender(text: str) -> bool:
    """Whether phones can show it as the sender."""
    return bool(_NUMERIC.fullmatch(text) or _ALPHANUMERIC.fullmatch(text))
