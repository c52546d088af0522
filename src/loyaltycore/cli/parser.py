"""The arguments of the command line."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Final

from loyaltycore.cli.command import Command
from loyaltycore.cli.commands import (
    catch_up,
    deliver,
    forget,
    import_customers,
    init,
    prune,
    receive_bounce,
    receive_webhooks,
    remind,
    requeue,
    status,
)
from loyaltycore.cli.config import DEFAULT_NAME

COMMANDS: Final[tuple[Command, ...]] = (
    init.COMMAND,
    import_customers.COMMAND,
    deliver.COMMAND,
    receive_webhooks.COMMAND,
    receive_bounce.COMMAND,
    catch_up.COMMAND,
    status.COMMAND,
    requeue.COMMAND,
    prune.COMMAND,
    forget.COMMAND,
    remind.COMMAND,
)


def read_arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the arguments; wrong ones end the program with an explanation and exit code 2.

    Returns:
        The options of the command, with `config`, `actor` and its `run`.
    """
    return _parser().parse_args(arguments)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="loyaltycore",
        description="Customers, loyalty cards and card orders.",
        epilog=f"The adapters stand in {DEFAULT_NAME}; `loyaltycore init` writes one to begin with.",
    )
    parser.add_argument("--version", action="version", version=metadata.version("loyaltycore"))
    _add_common(parser, Path(DEFAULT_NAME), "command line")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in COMMANDS:
        description = f"{command.summary[0].upper()}{command.summary[1:]}."
        sub = commands.add_parser(command.name, help=command.summary, description=description)
        # Suppressed defaults let the options stand before or after the command.
        _add_common(sub, argparse.SUPPRESS, argparse.SUPPRESS)
        command.configure(sub)
        sub.set_defaults(run=command.run)
    return parser


def _add_common(parser: argparse.ArgumentParser, config: Path | str, actor: str) -> None:
    add = parser.add_argument
    add("--config", type=Path, default=config, metavar="FILE", help=f"the configuration ({DEFAULT_NAME})")
    add("--actor", default=actor, metavar="NAME", help="under whose name changes are recorded")
