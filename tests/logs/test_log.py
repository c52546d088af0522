"""How a record is written: one line, the same facts twice, nothing for who did not ask."""

from __future__ import annotations

import logging
import subprocess
import sys
from enum import Enum
from typing import Any

import pytest
from hypothesis import given, strategies as st

from loyaltycore.errors import StorageError
from loyaltycore.ports.logs import Log, about, watch, word
from tests.logs.hearing import hearing


class Colour(Enum):
    """A word of a fixed vocabulary."""

    RED = "red"


values = st.one_of(st.text(st.characters(codec=None)), st.integers(), st.floats(), st.sampled_from(Colour))
names = st.text("abcdefgh", min_size=1, max_size=5)


@given(facts=st.dictionaries(names, values, max_size=4))
def test_any_fact_stays_in_its_place(facts: dict[str, Any]) -> None:
    """Whatever a fact is: the record is one line that nothing in it can end or fake, and keeps the value as it is."""
    with hearing() as heard:
        Log("part").info("event", **facts)
    (record,) = heard.records
    text = record.getMessage()
    assert text.isprintable()
    assert text.startswith("event")
    assert text.count('"') % 2 == 0
    plain = {name: value.value if isinstance(value, Enum) else value for name, value in facts.items()}
    assert repr(record.__dict__["loyalty"]) == repr({"event": "event", **plain})
    assert (record.name, record.levelname) == ("loyaltycore.part", "INFO")


def test_a_record_names_the_line_that_logged_it() -> None:
    """Formats that show the place show where something happened, not the helper."""
    with hearing() as heard:
        Log("part").error("event")
    assert heard.records[0].funcName == "test_a_record_names_the_line_that_logged_it"


def test_levels_are_those_of_logging() -> None:
    """A program asks for a level as with any other library."""
    log, levels = Log("part"), ["DEBUG", "INFO", "WARNING", "ERROR"]
    with hearing() as heard:
        for level in levels:
            getattr(log, level.lower())("event")
        logging.getLogger("loyaltycore").setLevel(logging.WARNING)
        assert not log.is_heard()
        for level in levels:
            getattr(log, level.lower())("event")
    assert [record.levelname for record in heard.records] == [*levels, "WARNING", "ERROR"]


@given(text=st.text(max_size=70))
def test_a_word_of_somebody_else_is_a_code_or_nothing(text: str) -> None:
    """Only what looks like a code passes: no address, no name in capitals, no sentence, nothing long."""
    assert word(text) in {text, ""}
    if word(text):
        assert text.isascii()
        assert text == text.lower()
        assert not set(text) & set("@ <>'\"+")
        assert len(text) <= 60


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (OSError(111, "Erika refuses"), "ECONNREFUSED"),
        (OSError("Erika"), ""),
        (OSError(99999, "Erika"), ""),
        (StorageError("Erika"), ""),
        (KeyError("ERIKA"), ""),
    ],
)
def test_of_an_error_only_its_code_is_told(error: Exception, cause: str) -> None:
    """The class, the place, and what system and database number; never words."""
    try:
        raise error  # noqa: TRY301  for its place
    except Exception as caught:  # noqa: BLE001  any of them
        facts = about(caught)
    assert facts["error"] == type(error).__name__
    assert facts["at"].startswith("test_log:")
    assert facts["cause"] == cause
    assert "rika" not in str(facts).lower()


def test_watchers_hear_what_logging_does_not_ask_for() -> None:
    """Whoever counts or traces gets every event, whatever level is set, until it has had enough."""
    heard: list[tuple[str, dict[str, Any]]] = []
    log = Log("part")
    logging.getLogger("loyaltycore").setLevel(logging.CRITICAL)
    forget = watch(lambda event, facts: heard.append((event, dict(facts))))
    try:
        assert log.is_heard()
        log.debug("event", colour=Colour.RED)
    finally:
        forget()
        forget()
        logging.getLogger("loyaltycore").setLevel(logging.NOTSET)
    log.error("event")
    assert heard == [("event", {"colour": "red"})]


def _said(code: str) -> tuple[str, str]:
    ended = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60
    )
    return ended.stdout, ended.stderr


def test_a_program_that_sets_up_no_logging_sees_nothing() -> None:
    """The library adds a handler that does nothing, and no other: not even errors reach the terminal by themselves."""
    code = """
from loyaltycore.ports.logs import Log
Log("outbox").error("message given up")
Log("outbox").error("message given up")
import logging
print([type(each).__name__ for each in logging.getLogger("loyaltycore").handlers])
print(logging.getLogger("loyaltycore.outbox").handlers, logging.getLogger("loyaltycore").level)
"""
    assert _said(code) == ("['NullHandler']\n[] 0\n", "")


def test_what_nobody_asked_for_loads_nothing() -> None:
    """Below a warning a program that has not loaded `logging` does not load it for us."""
    code = """
import sys
from loyaltycore.ports.logs import Log
log = Log("outbox")
assert not log.is_heard()
log.info("event"), log.debug("event")
print("logging" in sys.modules)
log.warning("event")
print("logging" in sys.modules)
"""
    assert _said(code) == ("False\nTrue\n", "")
