"""What the library tells operators, by `logging`: one logger for each part, facts beside the words, no personal data.

Nothing here loads `logging` for a record below WARNING: where nobody has loaded it, nobody has asked for such records.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from enum import Enum
from errno import errorcode
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from logging import Logger

ROOT: Final = "loyaltycore"
"""The logger above all others."""

DEBUG: Final = 10
INFO: Final = 20
WARNING: Final = 30
ERROR: Final = 40

Watcher: TypeAlias = Callable[[str, Mapping[str, Any]], None]
"""Gets the event and the facts of every record, whatever level `logging` is set to; it must not raise, and be quick."""

_WATCHERS: Final[list[Watcher]] = []

_PLACES: Final = 8
"""How many places of a traceback are told."""

# Not compiled at every start: few programs need them.
_WORD: Final = r"[a-z0-9][a-z0-9_.:-]{0,59}"
_BARE: Final = r"[\w.:/+>-]+"
_CODE: Final = r"[A-Z0-9_]{1,40}"


class Log:
    """The records of one part of the library.

    The text of a record is its event, which never changes, and the facts: ``message given up: kind=email.send tries=16``.
    The attribute ``loyalty`` of the record is a mapping with the same, for whoever writes JSON: ``{"event": "message given
    up", "kind": "email.send", "tries": 16}``.

    Facts are ids that the library made, numbers, and words of a fixed vocabulary; never what a person typed or another
    system said, since that may name somebody.

    Example:
        >>> Log("outbox").info("message put back", kind="email.send", tries=3)
    """

    def __init__(self, part: str) -> None:
        self._name = f"{ROOT}.{part}"
        self._logger: Logger | None = None

    def is_heard(self) -> bool:
        """Whether anybody wants records of the lowest level; ask before you gather facts at every turn."""
        if _WATCHERS:
            return True
        logger = self._logger
        if logger is None:
            if "logging" not in sys.modules:
                return False
            logger = self._known()
        return logger.isEnabledFor(DEBUG)

    def debug(self, event: str, **facts: Any) -> None:
        """For whoever looks into a single case."""
        self._log(DEBUG, event, facts)

    def info(self, event: str, **facts: Any) -> None:
        """Works as it should."""
        self._log(INFO, event, facts)

    def warning(self, event: str, **facts: Any) -> None:
        """Somebody should look, some time."""
        self._log(WARNING, event, facts)

    def error(self, event: str, **facts: Any) -> None:
        """Somebody has to act."""
        self._log(ERROR, event, facts)

    def _known(self) -> Logger:
        if self._logger is None:
            self._logger = _logger(self._name)
        return self._logger

    def _log(self, level: int, event: str, facts: dict[str, Any]) -> None:
        told = {name: value.value if isinstance(value, Enum) else value for name, value in facts.items()}
        for watcher in _WATCHERS:
            watcher(event, told)
        if level < WARNING and "logging" not in sys.modules:
            return
        logger = self._known()
        if not logger.isEnabledFor(level):
            return
        text = event + ":" * bool(told) + "".join(f" {name}=%s" for name in told)
        extra = {"loyalty": {"event": event, **told}}
        logger.log(level, text, *map(_written, told.values()), extra=extra, stacklevel=3)


def watch(watcher: Watcher) -> Callable[[], None]:
    """Let a program count or trace what the library logs, from now on and for the whole process.

    Returns:
        Call it to end that.
    """
    _WATCHERS.append(watcher)
    return lambda: _WATCHERS.remove(watcher) if watcher in _WATCHERS else None


def word(value: object) -> str:
    """A word that somebody else chose, such as the code of a vendor; empty if it does not look like one."""
    return value if isinstance(value, str) and re.fullmatch(_WORD, value) else ""


def about(error: BaseException) -> dict[str, str]:
    """An error as facts: its class, where it was raised, and the code that the system or the database gave.

    Its words are left out: they may hold what a person typed.
    """
    return {"error": type(error).__name__, "at": _places(error), "cause": _cause(error)}


def _cause(error: BaseException) -> str:
    """``ECONNREFUSED``, ``SQLITE_BUSY``, ``40001`` or ``1205``; empty if there is no such code."""
    for each in (error, error.__cause__):
        if isinstance(each, OSError):
            return errorcode.get(each.errno or 0, "")
        # SQLAlchemy wraps the error of the driver.
        driver = getattr(each, "orig", None)
        found = getattr(driver, "sqlite_errorname", None) or getattr(driver, "sqlstate", None)
        found = found or next(iter(getattr(driver, "args", ())), None)
        if driver is not None and re.fullmatch(_CODE, str(found)):
            return str(found)
    return ""


def _places(error: BaseException) -> str:
    """Where an error came along, outermost first: ``worker:212>mailing:48``."""
    places = []
    trace = error.__traceback__
    while trace is not None:
        module = trace.tb_frame.f_globals.get("__name__", "?").rpartition(".")[2]
        places.append(f"{module}:{trace.tb_lineno}")
        trace = trace.tb_next
    return ">".join(places[-_PLACES:])


def _written(value: Any) -> str:
    """A fact on one line, in quotes unless it is a single word."""
    text = str(value)
    if re.fullmatch(_BARE, text):
        return text
    return '"' + "".join(letter if letter.isprintable() and letter != '"' else "?" for letter in text) + '"'


def _logger(name: str) -> Logger:
    import logging  # noqa: PLC0415  see above

    root = logging.getLogger(ROOT)
    if not any(isinstance(handler, logging.NullHandler) for handler in root.handlers):
        # Whoever wants to see nothing need not do anything.
        root.addHandler(logging.NullHandler())
    return logging.getLogger(name)
