"""Every error that the library raises, in one tree.

The root is `LoyaltyError`. The facts are attributes, `str()` gives the prose; every class pickles and copies, so errors
can cross process borders. The families:

* `InvalidInput`: the caller's data are wrong. It names all faults, each with field, code and message.
* `NotFound`: nothing is stored under that key.
* `Refused`: the data are fine, but a rule says no. `code` is stable and documented.
* `Conflict`: somebody else was faster. Services retry first if that can help.
* `DeliveryFailed`: a message could not be handed over.
* `MissingExtra`, `PluginError`, `SchemaError`: the installation or its configuration is wrong.

A call that raises has changed nothing. The only warning is `BlocksEventLoop`.

Whatever a caller gave, an error has an end: long texts are cut, and of very many faults the first are kept and the rest
are counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

MOST_FAULTS: Final = 100
"""How many faults an error keeps; it counts the others."""

LONGEST_MESSAGE: Final = 4000
"""In characters, like the following."""
LONGEST_FAULT: Final = 500
LONGEST_PLACE: Final = 200
LONGEST_KEY: Final = 200


def cut(text: str, limit: int) -> str:
    """Cut a text that is too long and mark where it was cut."""
    return text if len(text) <= limit else f"{text[: limit - 1]}\u2026"


class BlocksEventLoop(RuntimeWarning):
    """A verb was called where an event loop runs, which stands still until the verb is done."""


class LoyaltyError(Exception):
    """Base of everything that the library raises on purpose."""

    def __init__(self, *words: object) -> None:
        super().__init__(*(cut(word, LONGEST_MESSAGE) if isinstance(word, str) else word for word in words))

    def __reduce__(self) -> tuple[Any, ...]:
        """Rebuild from attributes, so that keyword arguments survive pickling."""
        return _rebuild, (type(self), self.args, dict(self.__dict__))


def _rebuild(cls: type[LoyaltyError], args: tuple[Any, ...], facts: dict[str, Any]) -> LoyaltyError:
    error = cls.__new__(cls, *args)
    error.args = args
    error.__dict__.update(facts)
    return error


class Fault:
    """One thing that is wrong with one field."""

    __slots__ = ("code", "field", "message")

    def __init__(self, field: str, code: str, message: str) -> None:
        self.field = cut(field, LONGEST_PLACE)
        """Dotted path of the field, for example ``addresses[0].postal_code``."""
        self.code = code
        """Stable word that names the fault, for example ``too_long``."""
        self.message = cut(message, LONGEST_FAULT)
        """One English sentence for a person."""

    def __repr__(self) -> str:
        return f"Fault({self.field!r}, {self.code!r}, {self.message!r})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Fault):
            return NotImplemented
        return (self.field, self.code, self.message) == (other.field, other.code, other.message)

    def __hash__(self) -> int:
        return hash((self.field, self.code, self.message))


class InvalidInput(LoyaltyError, ValueError):
    """The data given are wrong; `faults` names every fault found, up to a hundred."""

    faults: tuple[Fault, ...]
    """At least one `Fault`, in the order of the fields."""
    more: int
    """How many faults were found beyond those."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        found = tuple(faults)
        self.faults = found[:MOST_FAULTS]
        self.more = len(found) - len(self.faults)
        super().__init__(_prose(found))

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the faulty fields, in order."""
        return tuple(fault.field for fault in self.faults)

    @property
    def codes(self) -> frozenset[str]:
        """The codes of all faults."""
        return frozenset(fault.code for fault in self.faults)


def _prose(faults: tuple[Fault, ...]) -> str:
    """The faults in words, as many as there is room for, and how many there are besides."""
    shown: list[str] = []
    room = LONGEST_MESSAGE - len("; and 1,000,000,000 more")
    for fault in faults[:MOST_FAULTS]:
        line = f"{fault.field}: {fault.message}"
        room -= len(line) + len("; ")
        if room < 0:
            break
        shown.append(line)
    if rest := len(faults) - len(shown):
        shown.append(f"and {rest:,} more")
    return "; ".join(shown)


class NotFound(LoyaltyError, LookupError):
    """Nothing is stored under that key."""

    def __init__(self, kind: str, key: object, hint: str = "") -> None:
        """Say that there is none.

        Args:
            hint: How the message goes on.
        """
        # A value of another type may be of any size, or nested too deep to be written at all; and a subclass of text
        # may do anything.
        text = str.__str__(key) if issubclass(type(key), str) else f"<{type(key).__name__}>"
        self.key = cut(text, LONGEST_KEY)
        """The key that found nothing, cut if it is very long; a key that is not text appears as its type, for example
        ``<list>``."""
        self.kind = kind
        """What was looked for, for example ``customer``."""
        super().__init__(f"no {kind.replace('_', ' ')} {self.key!r}{hint}")


class Refused(LoyaltyError):
    """A rule says no."""

    def __init__(self, code: str, message: str, *, remedy: str = "", **facts: Any) -> None:
        self.code = code
        """Stable dotted word, for example ``card_order.no_service``. `docs/reference/refusals.md` lists
        them."""
        self.facts: Mapping[str, Any] = facts
        """What the rule looked at."""
        self.remedy = remedy
        """What would make it possible, or an empty string."""
        super().__init__(f"{message} ({remedy})" if remedy else message)


class Conflict(LoyaltyError):
    """Somebody else was faster, or the same key was used for something else."""


class StaleRecord(Conflict):
    """The record has changed since it was read. Nothing was saved."""

    def __init__(self, table: str, key: str) -> None:
        self.table = table
        self.key = key
        super().__init__(f"{table} {key!r} was changed since it was read")


class DuplicateKey(Conflict):
    """A unique key is taken already."""

    def __init__(self, table: str, fields: Iterable[str]) -> None:
        self.table = table
        self.fields = tuple(fields)
        """The fields of the unique key, in the order of its declaration."""
        super().__init__(f"{table}: another record has the same {', '.join(self.fields)}")


class SlotTaken(Conflict):
    """The time was booked by somebody else."""

    def __init__(self, resource: str, start: str) -> None:
        self.resource = resource
        """The resource that is taken."""
        self.start = start
        """The start of the slot, as text in ISO 8601."""
        super().__init__(f"{resource!r} is taken at {start}")


class EditedMeanwhile(Conflict):
    """The caller's `expected_version` is no longer the stored one: read again and decide again."""

    def __init__(self, kind: str, key: str, expected: int, found: int) -> None:
        self.kind = kind
        self.key = key
        self.expected = expected
        """The version that the caller saw."""
        self.found = found
        """The version that is stored."""
        super().__init__(f"{kind} {key!r} is at version {found}, not {expected}")


class KeyReused(Conflict):
    """A command key was given before, for another command or with other arguments."""

    def __init__(self, key: str, command: str) -> None:
        self.key = key
        self.command = command
        """The command that used it first."""
        super().__init__(f"command key {key!r} was used already by {command!r} with other arguments")


class StorageError(LoyaltyError):
    """The storage could not do its work, for a reason outside the domain."""


class StorageBusy(StorageError):
    """The engine rolled the transaction back (deadlock, lock wait, serialisation): the whole unit may run again."""


class StorageUnreachable(StorageBusy):
    """No connection could be opened: nothing was sent, the whole unit may run again."""


class StorageFull(StorageError):
    """No room is left, for example on the disk: nothing was kept. Once there is room, the same call works."""


class CommitUnknown(StorageError):
    """The commit got no answer, or none that tells: the transaction may or may not have been committed."""


class SchemaError(StorageError):
    """The tables do not fit this version of the library."""


class NotSetUp(SchemaError):
    """There are no tables yet: either the house has never been set up, or it is somewhere else."""

    def __init__(self, place: str) -> None:
        self.place = place
        """Where they were looked for: a file, or an address without its password."""
        super().__init__(f"nothing was set up in {place}: correct the address, or run `loyaltycore init`")


class SchemaTooNew(SchemaError):
    """The tables were written by a newer library: this one refuses to open them."""

    def __init__(self, found: str, known: str) -> None:
        self.found = found
        """The revision that the database carries."""
        self.known = known
        """The newest revision that this library knows."""
        super().__init__(
            f"the database is at revision {found!r}, this library knows {known!r}: update the library"
        )


class SchemaTooOld(SchemaError):
    """The tables are older than this library needs: run the migration."""

    def __init__(self, found: str, wanted: str) -> None:
        self.found = found
        """The revision that the database carries; empty if there are no tables."""
        self.wanted = wanted
        """The revision that this library needs."""
        super().__init__(
            f"the database is at revision {found or 'none'!r}, needed is {wanted!r}: run `loyaltycore init`"
        )


class DeliveryFailed(LoyaltyError):
    """A message could not be handed over."""

    def __init__(self, code: str, message: str, *, permanent: bool) -> None:
        self.code = code
        """Stable word for the reason."""
        self.permanent = permanent
        """Whether trying again is pointless."""
        super().__init__(message)


class WebhookRejected(LoyaltyError):
    """A call claims to come from a vendor but does not prove it."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        """``bad_signature``, ``stale``, ``malformed`` or ``too_large``."""
        super().__init__(message)


class RegistrationError(LoyaltyError):
    """A declaration cannot work: a capability, a record type, an option, a handler."""


class PluginError(LoyaltyError):
    """An adapter requested by name is missing, ambiguous or broken."""

    def __init__(self, group: str, name: str, message: str) -> None:
        self.group = group
        self.name = name
        """The name that was asked for."""
        super().__init__(message)


class MissingExtra(LoyaltyError, ImportError):
    """An optional dependency is not installed; the message is the command that installs it."""

    def __init__(self, extra: str, module: str) -> None:
        self.extra = extra
        """The extra of this distribution that brings it."""
        self.module = module
        super().__init__(f'{module} is missing: run `pip install "loyaltycore[{extra}]"`')
