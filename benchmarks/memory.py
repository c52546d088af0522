"""How much memory a program takes, measured in a process of its own."""

from __future__ import annotations

import re
import resource
import subprocess
import sys
from pathlib import Path

from benchmarks.timing import Result

FLAT = 1.1
"""How much more memory ten times as many may take."""


def peak() -> float:
    """The most memory that this program has taken so far, in MB."""
    status = Path("/proc/self/status")
    # Where there is one: what `getrusage` says begins with what the program took that started this one.
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text("ascii")) if status.exists() else None
    kilobytes = int(found[1]) if found else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return kilobytes / 1024


def figures_of(module: str, *arguments: str) -> list[float]:
    """Run a module in a process of its own and read the figures that it prints."""
    command = [sys.executable, "-m", module, *arguments]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [float(word) for word in said.split()]


def flat(subject: str, few: tuple[float, int], many: tuple[float, int]) -> Result:
    """A result where the memory, in MB, does not grow with the number."""
    ratio = many[0] / few[0]
    said = [f"{megabytes:.0f} MB at {number:,}" for megabytes, number in (many, few)]
    return Result(subject, *said, f"{ratio:.2f}", f"flat: at most {FLAT:g} times", ratio <= FLAT)


def peak_of(module: str, url: str, expected: int) -> float:
    """The memory that a program takes that counts so many, in MB.

    Args:
        module: It prints how many there were, and its peak.
    """
    counted, megabytes = figures_of(module, url)
    if counted != expected:
        raise AssertionError(f"{counted:.0f}, not {expected}")
    return megabytes
