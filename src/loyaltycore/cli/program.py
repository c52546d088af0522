"""The way in: reads the arguments, runs the command, and says in one line what went wrong."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Callable, Sequence

from loyaltycore.cli.config import BadConfig
from loyaltycore.cli.parser import read_arguments
from loyaltycore.cli.saying import be_tolerant, complain
from loyaltycore.errors import InvalidInput, LoyaltyError

FAILED = 2
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        arguments: Without the program's name; None takes those of the process.

    Returns:
        The exit code: 0, 1 where something was rejected or given up, 2 where it could not be done.
    """
    be_tolerant(sys.stdout, sys.stderr)
    options = read_arguments(arguments)
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        # Paths in the configuration count from its folder, wherever the command is run.
        options.config = options.config.absolute()
        with contextlib.chdir(options.config.parent):
            return run(options)
    except InvalidInput as error:
        _complain_about(error)
    except LoyaltyError as error:
        complain(str(error))
    except BrokenPipeError:
        # Whoever reads our output has seen enough; keep the interpreter from flushing into the closed pipe.
        sys.stdout = sys.stderr = None
    except OSError as error:
        complain(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    except KeyboardInterrupt:
        return INTERRUPTED
    return FAILED


def _complain_about(error: InvalidInput) -> None:
    place = f"{error.path}: " if isinstance(error, BadConfig) else ""
    for fault in error.faults:
        complain(f"{place}{fault.field} {fault.message}" if fault.field else f"{place}{fault.message}")
    if error.more:
        complain(f"{place}and {error.more:,} more")
