"""The command line: set a shop up, import its customers, run the outbox, and look after it.

    loyaltycore init --branch berlin --name "Optik Berlin" --subdivision BE
    loyaltycore import-customers kunden.csv --branch berlin
    loyaltycore deliver --watch

`loyaltycore.toml` names the adapters; see `loyaltycore.cli.config`. Every command is a module of
`loyaltycore.cli.commands` with a `run` of its own. Exit codes: 0 all is well, 1 the work is done but something was
rejected or given up, 2 it could not be done.
"""

from __future__ import annotations

from loyaltycore.cli.program import main

__all__ = ["main"]
