"""The reports of Kannel: it calls an address with ``GET``, whose query says which text, and what became of it.

Kannel signs nothing. What proves a report is the reference in the address, which was made for that text alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Final
from urllib.parse import parse_qsl

from loyaltycore.errors import WebhookRejected
from loyaltycore.kernel.fates import FateState, SmsReport
from loyaltycore.kernel.given import text_of
from loyaltycore.kernel.words import as_text
from loyaltycore.ports.messaging import ReportCall
from loyaltycore_sms.references import message_of

STATES: Final[Mapping[str, FateState]] = {
    "1": FateState.DELIVERED,
    "2": FateState.UNDELIVERABLE,
    "4": FateState.QUEUED,
    "8": FateState.SENT,
    "16": FateState.REJECTED,
}
"""By the bit of the user guide."""

LONGEST_QUERY: Final = 8192

_MOST_FIELDS: Final = 20
_TYPE: Final = re.compile(r"[0-9]{1,5}")
_SECONDS: Final = re.compile(r"[0-9]{1,11}")
_RAW: Final = 200


def query(reference: str) -> str:
    """The query with which Kannel is to call; what begins with a percent sign is filled in by Kannel."""
    return f"ref={reference}&type=%d&at=%T&answer=%A"


def read(call: ReportCall, secrets: Iterable[str]) -> tuple[SmsReport, ...]:
    """Prove and read a report.

    Raises:
        WebhookRejected: Nothing is proved.
    """
    fields = _fields(call.query)
    kind = fields.get("type", "")
    if not _TYPE.fullmatch(kind) or "ref" not in fields:
        raise WebhookRejected("malformed", "the query has no reference, or no type")
    message_id = message_of(fields["ref"], secrets)
    if message_id is None:
        raise WebhookRejected("bad_signature", "the reference is not ours")
    raw = as_text(f"{kind} {fields.get('answer', '')}".strip(), _RAW)
    return (SmsReport(STATES.get(kind), raw, message_id=message_id, at=_instant(fields.get("at", ""))),)


def _fields(given: str) -> Mapping[str, str]:
    text = text_of(given)
    if text is None:
        raise WebhookRejected("malformed", "the query is no text")
    if len(text) > LONGEST_QUERY:
        raise WebhookRejected("too_large", f"the query is longer than {LONGEST_QUERY} characters")
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="replace")
    except ValueError as error:
        raise WebhookRejected("malformed", "the query has too many fields") from error
    found = dict(pairs)
    if len(found) != len(pairs):
        raise WebhookRejected("malformed", "a field stands there twice")
    return found


def _instant(text: str) -> datetime | None:
    """When it happened, as Kannel says: it must not depend on when the report comes."""
    if not _SECONDS.fullmatch(text):
        return None
    try:
        return datetime.fromtimestamp(int(text), UTC)
    except (OverflowError, ValueError, OSError):
        return None
