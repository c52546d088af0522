"""Hears every record of the library, at the lowest level."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from attrs import field, frozen


class _Ear(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it as it came, before anything is formatted."""
        self.records.append(record)


@frozen
class Heard:
    """The records so far."""

    records: list[logging.LogRecord] = field(repr=False)

    def facts(self, event: str) -> list[dict[str, Any]]:
        """The facts of all records of an event."""
        return [dict(told) for told in map(_told, self.records) if told["event"] == event]

    def levels(self, event: str) -> set[str]:
        """The levels at which an event was logged."""
        return {record.levelname for record in self.records if _told(record)["event"] == event}

    @property
    def events(self) -> set[str]:
        """All events."""
        return {_told(record)["event"] for record in self.records}


def _told(record: logging.LogRecord) -> dict[str, Any]:
    told: dict[str, Any] = record.__dict__["loyalty"]
    return told


@contextmanager
def hearing() -> Iterator[Heard]:
    """Hear everything while the block lasts."""
    logger, ear = logging.getLogger("loyaltycore"), _Ear()
    level = logger.level
    logger.setLevel(logging.DEBUG)
    logger.addHandler(ear)
    try:
        yield Heard(ear.records)
    finally:
        logger.removeHandler(ear)
        logger.setLevel(level)


def all_of(record: logging.LogRecord) -> str:
    """Everything that a handler could make of a record: text, arguments, extra facts, traces with their words."""
    error = record.exc_info[1] if record.exc_info else None
    trace = "".join(traceback.format_exception(error)) if error else ""
    return f"{record.getMessage()} {record.__dict__!r} {trace} {record.exc_text} {record.stack_info}"
