"""What the command line says: results on standard output, everything else on standard error."""

from __future__ import annotations

import io
import logging
import sys
from collections.abc import Iterable, Sequence
from typing import TextIO

PROGRAM = "loyaltycore"


def say(line: str = "") -> None:
    """Write one line of the result."""
    sys.stdout.write(f"{line}\n")


def complain(message: str) -> None:
    """Write one line about what went wrong, without anything in it that could fake another line."""
    sys.stdout.flush()
    sys.stderr.write(f"{PROGRAM}: {on_one_line(message)}\n")


def on_one_line(text: str) -> str:
    """Text from outside, fit for a terminal: control characters become visible."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in text
    )


def say_table(rows: Iterable[Sequence[str]]) -> None:
    """Write rows with their columns one under the other."""
    found = [[on_one_line(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*found, strict=True)]
    for row in found:
        say("  " + "  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip())


def be_tolerant(*streams: TextIO) -> None:
    """Let terminals without umlauts show something else instead of failing, and pipes get whole lines at once."""
    for stream in streams:
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace", line_buffering=True)


def log_to_stderr() -> None:
    """Let long-running commands log what they do, with the time; other libraries log only what is wrong."""
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stderr, format="%(asctime)s %(levelname)s %(message)s", force=True
    )
    logging.getLogger("loyaltycore").setLevel(logging.INFO)
