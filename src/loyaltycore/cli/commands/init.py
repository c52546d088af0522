"""``loyaltycore init``: creates a configuration, the tables, and a first branch; keeps what exists."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

from loyaltycore.cli.command import Command
from loyaltycore.cli.opening import open_loyalty
from loyaltycore.cli.saying import say
from loyaltycore.loyalty import Loyalty

_TEMPLATE: Final = """\
# Which adapter stands behind each port of loyaltycore; everything but `use` is an option of the adapter.
# A secret need not stand here: { env = "NAME" } reads the environment, { file = "path" } the first line of a file.
# Relative paths count from the folder of this file.

[storage]
use = "sql"
url = "sqlite:///shop.db"
# url = "postgresql://shop:password@localhost/shop"
# url = { env = "SHOP_DATABASE_URL" }

# Working days with public holidays, by each branch's country, subdivision and municipality.
# [calendar]
# use = "holidays"
# closed_every = [[12, 24], [12, 31]]

# [mailer]
# use = "smtp"
# host = "mail.example.org"
# security = "starttls"                         # or "tls", or "none" for a server on this machine
# sender = "laden@example.org"
# sender_name = "Optik Laden"
# username = "laden"
# password = { env = "SMTP_PASSWORD" }

# [card_printer]
# use = "http"
# base_url = "https://cards.example/v1"
# token = { env = "CARD_VENDOR_TOKEN" }
# webhook_secrets = [{ file = "card-vendor.secret" }]
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add = parser.add_argument_group("the first branch").add_argument
    add("--branch", metavar="KEY", help="its key, for example berlin; without it no branch is opened")
    add("--name", default="", help="what people call it")
    add("--country", default="DE", help="ISO 3166-1 alpha-2, for holidays and phone numbers (DE)")
    add("--subdivision", default="", help="state or province for its holidays, for example BE")
    add("--municipality", default="", help="where its holidays differ from the state's")
    add("--time-zone", default="Europe/Berlin", help="IANA name (Europe/Berlin)")


def run(options: argparse.Namespace) -> int:
    """Set up what is missing."""
    say(f"{_write_config(options.config)} {options.config}")
    with open_loyalty(options.config, upgrade=True) as loyalty:
        say("the tables are up to date")
        if options.branch is not None:
            say(_open_branch(loyalty, options))
    return 0


def _write_config(path: Path) -> str:
    try:
        with path.open("x", encoding="utf-8") as stream:
            stream.write(_TEMPLATE)
    except FileExistsError:
        return "kept"
    return "wrote"


def _open_branch(loyalty: Loyalty, options: argparse.Namespace) -> str:
    facts = {
        name: getattr(options, name)
        for name in ("name", "country", "subdivision", "municipality", "time_zone")
    }
    desk = loyalty.session(options.actor)
    if any(branch.id == options.branch for branch in desk.branches.all()):
        return f"the branch {options.branch} exists already and stays as it is"
    with desk.transaction():
        branch = desk.branches.create(options.branch, **facts)
        # A place whose holidays nobody knows shows here, before the branch is kept, and not with the first order.
        loyalty.calendar(branch)
    return f"opened the branch {branch.id}"


COMMAND: Final = Command(
    "init",
    "write a configuration if there is none, create or upgrade the tables, open a first branch",
    configure,
    run,
)
