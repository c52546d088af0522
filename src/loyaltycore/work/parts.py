"""What a house is put together from, and whether each part can do what will be asked of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import inf
from typing import Any, Final

from loyaltycore.errors import RegistrationError
from loyaltycore.kernel.given import shown
from loyaltycore.kernel.outbox import RetryPolicy


def _can(*methods: str) -> Callable[[object], bool]:
    """Whether something has these methods; a class has them too, but there is nobody to call them on."""
    return lambda part: (
        not isinstance(part, type) and all(callable(getattr(part, method, None)) for method in methods)
    )


def _is_list(part: object) -> bool:
    return issubclass(type(part), Iterable) and not issubclass(type(part), str | bytes)


# The methods are those of the protocols, which not every program loads.
_PARTS: Final[dict[str, tuple[str, Callable[[Any], bool]]]] = {
    "storage": ("a Storage", _can("bind", "transaction")),
    "mailer": ("a Mailer", _can("send")),
    "sms": ("an SmsGateway", _can("send")),
    "card_printer": ("a CardPrinter", _can("validate", "submit", "find", "cancel")),
    "renderer": ("a MessageRenderer", _can("check", "render")),
    "limiter": ("a RateLimiter", _can("admit")),
    "invitations": ("an InvitationWriter", _can("write")),
    "calendar": ("a function that gives the calendar of a branch", callable),
    "clock": ("a Clock", _can("now")),
    "ids": ("Ids", _can("new")),
    "tokens": ("Tokens", _can("digits", "token")),
    "custom_fields": ("a list of CustomField", _is_list),
    "program_kinds": ("a list of ProgramKind", _is_list),
    "code_keys": ("a list of CodeKey", _is_list),
    "capabilities": ("a list of Capability", _is_list),
    "retry": ("a RetryPolicy", lambda part: isinstance(part, RetryPolicy)),
    "threads": ("a whole number from 1", lambda part: type(part) is int and part >= 1),
    "after_commit": ("a function", callable),
    "slow": ("a number of seconds", lambda part: type(part) in {int, float} and 0 < part < inf),
}
_OPTIONAL: Final = {
    "mailer",
    "sms",
    "card_printer",
    "renderer",
    "limiter",
    "invitations",
    "clock",
    "ids",
    "tokens",
    "retry",
    "after_commit",
}


def check_parts(**given: object) -> None:
    """Refuse parts that cannot do what will be asked of them.

    Args:
        **given: The arguments of `Loyalty`, by name.

    Raises:
        RegistrationError: Names every such part.
    """
    odd = [
        f"`{name}` is {_PARTS[name][0]}, not {shown(part)}"
        for name, part in given.items()
        if not (part is None and name in _OPTIONAL) and not _PARTS[name][1](part)
    ]
    if odd:
        raise RegistrationError("; ".join(odd))
