"""Our values as the contract writes them, and back: the only place that knows the names on the wire.

The wire form of an existing order must never change: a repetition after an update of this library must have the content
of the first attempt. So empty values are left out, and so is a field that is added later while it is empty.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from attrs import frozen

from loyaltycore.errors import Fault
from loyaltycore.kernel.printing import PostalAddress, PrintEvent, PrintOrder, PrintState, PrintStatus

REFERENCE: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
VENDOR_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
CURSOR: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
EVENT_TYPES: Final = frozenset({"card.state_changed", "card.cancellation_refused"})
REASON_LENGTH: Final = 500

_STATES: Final = {state.value: state for state in PrintState}
_WORD: Final = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_INSTANT: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:)([0-5][0-9]|60)((?:\.[0-9]+)?(?:[Zz]|[+-][0-9]{2}:[0-9]{2}))"
)
_LEAP: Final = "60"
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_GREATEST_REVISION: Final = 2**53  # beyond it, JSON numbers are not the same everywhere


class ContractViolation(Exception):
    """The vendor's answer is not what the contract says; it proves nothing."""


@frozen
class VendorOrder:
    """An order as the vendor reports it."""

    status: PrintStatus
    """The order in our words."""
    content_digest: str
    """Identifies the content with which it was ordered."""
    cancellation: str
    """``none``, ``requested``, ``refused`` or ``granted``, or a word of a later version."""


def order_body(order: PrintOrder) -> dict[str, Any]:
    """Write an order; what is empty is left out."""
    body = {
        "reference": order.reference,
        "product": order.product,
        "encodings": [
            _filled({"slot": encoding.slot}) | {"kind": encoding.kind.value, "value": encoding.value}
            for encoding in order.encodings
        ],
        "shipping": {"mode": "bulk" if order.bulk else "individual", "to": _address(order.ship_to)},
    }
    return body | _filled({"letter": _letter(order), "language": order.language, "comment": order.comment})


def cancellation_body(reference: str, reason: str) -> dict[str, Any]:
    """Write a request to cancel; the reason is for people, so it is cleaned and shortened rather than refused."""
    text = _CONTROLS.sub(" ", reason).strip()
    if len(text) > REASON_LENGTH:
        text = text[: REASON_LENGTH - 1] + "…"
    return {"reference": reference} | _filled({"reason": text})


def read_order(document: object) -> VendorOrder:
    """Read an order.

    Raises:
        ContractViolation: It is not one.
    """
    found = _object(document)
    cancellation = _text(found, "cancellation", _WORD)
    state, reason = _text(found, "state", _WORD), _object(found.get("reason", {}))
    status = PrintStatus(
        reference=_text(found, "reference", REFERENCE),
        vendor_id=_text(found, "id", VENDOR_ID),
        revision=_revision(found.get("revision")),
        state=_STATES.get(state),
        raw_state=state,
        occurred_at=_instant(found.get("changed_at")),
        reason_code=_text(reason, "code", _WORD) if reason else "",
        reason=_one_line(reason.get("detail", "")),
        tracking=_tracking(_object(found.get("tracking", {}))),
        cancellation_refused=cancellation == "refused",
    )
    return VendorOrder(status, _text(found, "content_digest", _DIGEST), cancellation)


def read_event(document: object, source: str) -> PrintEvent | None:
    """Read an event; None if this version does not know its type.

    Raises:
        ContractViolation: It is not one.
    """
    found = _object(document)
    if _text(found, "type", _WORD) not in EVENT_TYPES:
        return None
    status = read_order(found.get("data")).status
    return PrintEvent(source=source, event_id=_text(found, "id", VENDOR_ID), status=status)


def read_faults(document: dict[str, Any]) -> tuple[Fault, ...]:
    """Read what a problem document says about single fields; unusable entries are skipped."""
    entries = document.get("errors")
    if not isinstance(entries, list):
        return ()
    return tuple(_fault(entry) for entry in entries if isinstance(entry, dict) and _says_something(entry))


def field_of(pointer: str) -> str:
    """The field of `PrintOrder` that a JSON pointer into the body refers to.

    Example:
        >>> field_of("/shipping/to/lines/1")
        'ship_to.lines[1]'
        >>> field_of("/letter/template")
        'cover_letter'
    """
    tokens = [token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:]]
    match tokens:
        case ["shipping", "to", *rest]:
            tokens = ["ship_to", *rest]
        case ["shipping", "mode"]:
            tokens = ["bulk"]
        case ["letter", "template"]:
            tokens = ["cover_letter"]
        case ["letter", "variables", *rest]:
            tokens = ["letter_variables", *rest]
    path = "".join(f"[{token}]" if token.isdecimal() else f".{token}" for token in tokens)
    return path.removeprefix(".")


def _filled(values: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is empty."""
    return {name: value for name, value in values.items() if value}


def _letter(order: PrintOrder) -> dict[str, Any]:
    """Write the letter; without one its values mean nothing and are left out."""
    if not order.cover_letter:
        return {}
    variables = [{"name": name, "value": value} for name, value in order.letter_variables]
    return {"template": order.cover_letter} | _filled({"variables": variables})


def _address(address: PostalAddress) -> dict[str, Any]:
    always = {
        "name": address.name,
        "lines": list(address.lines),
        "city": address.city,
        "country": address.country,
    }
    return always | _filled({"company": address.company, "postal_code": address.postal_code})


def _says_something(entry: dict[str, Any]) -> bool:
    return isinstance(entry.get("pointer"), str) and isinstance(entry.get("code"), str)


def _fault(entry: dict[str, Any]) -> Fault:
    code = _one_line(entry["code"])
    return Fault(field_of(entry["pointer"]), code, _one_line(entry.get("detail")) or code.replace("_", " "))


def _object(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ContractViolation("an object is missing")
    return value


def _text(found: dict[str, Any], name: str, pattern: re.Pattern[str]) -> str:
    value = found.get(name)
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise ContractViolation(f"{name} is missing or malformed")
    return value


def _revision(value: object) -> int:
    if type(value) is not int or not 1 <= value <= _GREATEST_REVISION:
        raise ContractViolation("revision is missing or malformed")
    return value


def _instant(value: object) -> datetime:
    """Read an instant of RFC 3339; `fromisoformat` alone would also take weeks and naive times.

    A leap second is the second after it: our clocks have none.
    """
    found = _INSTANT.fullmatch(value) if isinstance(value, str) else None
    if found:
        minute, second, rest = found.groups()
        leap = second == _LEAP
        try:
            instant = datetime.fromisoformat(f"{minute}{'59' if leap else second}{rest}".upper())
            return instant.astimezone(UTC) + timedelta(seconds=leap)
        except (ValueError, OverflowError):
            pass
    raise ContractViolation("changed_at is missing or malformed")


def _one_line(value: object) -> str:
    """Make a text from outside harmless for a log and a screen."""
    if not isinstance(value, str):
        return ""
    return " ".join(_CONTROLS.sub(" ", value).split())[:REASON_LENGTH]


def _tracking(tracking: dict[str, Any]) -> str:
    return " ".join(filter(None, (_one_line(tracking.get("carrier")), _one_line(tracking.get("number")))))
