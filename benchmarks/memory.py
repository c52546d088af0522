"""How much memory a program takes, measured in a process of its own."""

from __future__ import annotations

import re
import resource
import subprocess
import sys
from pathlib import Path


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
