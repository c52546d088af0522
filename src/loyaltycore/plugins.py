"""Adapters found by name, through the entry points of installed distributions.

A distribution offers an adapter through an entry point in the group of its port:

    [project.entry-points."loyaltycore.mailer"]
    pigeon = "pigeon_post:PigeonMailer"

Each call reads the installed distributions anew. Nothing is imported before it is asked for, and no adapter is chosen
if two claim the same name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Final

from loyaltycore.errors import MissingExtra, PluginError
from loyaltycore.kernel.naming import unknown

STORAGE: Final = "loyaltycore.storage"
MAILER: Final = "loyaltycore.mailer"
SMS: Final = "loyaltycore.sms"
CARD_PRINTER: Final = "loyaltycore.card_printer"
RENDERER: Final = "loyaltycore.renderer"
INVITATIONS: Final = "loyaltycore.invitations"
CALENDAR: Final = "loyaltycore.calendar"

GROUPS: Final = (STORAGE, MAILER, SMS, CARD_PRINTER, RENDERER, INVITATIONS, CALENDAR)
"""The groups, one for each port whose adapter can be chosen by name."""


def installed(group: str) -> tuple[str, ...]:
    """The names offered in a group, in alphabetical order; nothing is imported."""
    return tuple(sorted({entry.name for entry in entry_points(group=group)}))


def load(group: str, name: str, distribution: str | None = None) -> Callable[..., Any]:
    """Import what is offered under a name: a class or function that makes the adapter.

    Args:
        group: One of `GROUPS`.
        name: The entry point's name, for example ``sql``.
        distribution: Which distribution is meant, if several offer the name; case, ``-``, ``_`` and ``.`` do not
            matter.

    Raises:
        PluginError: Nothing has the name, several have it, or it cannot be imported; the message names the
            distribution, and the cause is chained.
        MissingExtra: The adapter lacks an optional dependency.

    Example:
        >>> load("loyaltycore.mailer", "smtp").__name__
        'SmtpMailer'
    """
    offered = _distinct(entry_points(group=group, name=name))
    wanted = [entry for entry in offered if distribution is None or _same(_source(entry), distribution)]
    if not wanted:
        raise PluginError(group, name, _not_found(group, name, offered, distribution))
    if len(wanted) > 1:
        claims = ", ".join(f"{_source(entry)} ({entry.value})" for entry in wanted)
        raise PluginError(
            group, name, f"{group}: {name!r} is offered more than once, by {claims}: say which one"
        )
    return _imported(wanted[0])


def _imported(entry: EntryPoint) -> Callable[..., Any]:
    where = f"{entry.group}: {entry.name!r} of {_source(entry)} ({entry.value})"
    try:
        found = entry.load()
    except MissingExtra:
        raise
    except Exception as error:
        # Whatever a foreign module does while it is imported is the fault of its distribution.
        reason = f"{type(error).__name__}: {error}"
        raise PluginError(entry.group, entry.name, f"{where} cannot be imported: {reason}") from error
    if not callable(found):
        raise PluginError(entry.group, entry.name, f"{where} is no class or function")
    return found  # type: ignore[no-any-return]  # the protocol of its port is checked by whoever calls it


def _distinct(entries: Iterable[EntryPoint]) -> list[EntryPoint]:
    """The entries in a stable order; an entry that a distribution lists twice counts once."""
    return [entry for _, entry in sorted({(_source(entry), entry.value): entry for entry in entries}.items())]


def _source(entry: EntryPoint) -> str:
    """The name of the distribution."""
    return entry.dist.name if entry.dist is not None else "an unknown distribution"


def _same(one: str, other: str) -> bool:
    return _normalized(one) == _normalized(other)


def _normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _not_found(group: str, name: str, offered: Iterable[EntryPoint], distribution: str | None) -> str:
    if sources := [_source(entry) for entry in offered]:
        return f"{group}: {name!r} is not offered by {distribution}, but by {', '.join(sources)}"
    return f"{group}: {unknown('adapter', name, installed(group))}"
