"""``loyaltycore init``: creates a configuration, the tables, and a first branch; keeps what exists.

Several may run at once. A configuration appears as a whole, and only its owner may read it.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path
from typing import Final

from loyaltycore.cli.command import Command
from loyaltycore.cli.opening import open_loyalty
from loyaltycore.cli.saying import say
from loyaltycore.errors import Refused
from loyaltycore.loyalty import Loyalty

_OWNER_ALONE: Final = 0o600

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
# bounce_address = "bounces@example.org"        # see `loyaltycore receive-bounce`
# bounce_secrets = [{ env = "BOUNCE_SECRET" }]

# [invitations]
# use = "icalendar"                             # mails about appointments carry files for calendars

# [renderer]
# use = "templates"                             # messages in the shop's own words, see `desk.templates`

# [sms]
# use = "seven"                                 # or "kannel", with url, username and password
# api_key = { env = "SEVEN_API_KEY" }
# sender = "KLEINLADEN"

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
    if path.exists():
        return "kept"
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        draft = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                stream.write(_TEMPLATE)
            draft.chmod(_OWNER_ALONE)  # whatever the umask
            return _publish(draft, path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


def _publish(draft: Path, path: Path) -> str:
    """Give the draft its name, unless another process was faster: nobody ever reads half of it."""
    try:
        os.link(draft, path)
    except FileExistsError:
        return "kept"
    except OSError:
        # A file system without links. What another process may just have written is the same.
        draft.replace(path)
    return "wrote"


def _open_branch(loyalty: Loyalty, options: argparse.Namespace) -> str:
    branches = loyalty.session(options.actor).branches
    known = f"the branch {options.branch} exists already and stays as it is"
    if any(branch.id == options.branch for branch in branches.all()):
        return known
    facts = {
        name: getattr(options, name)
        for name in ("name", "country", "subdivision", "municipality", "time_zone")
    }
    try:
        return f"opened the branch {branches.create(options.branch, **facts).id}"
    except Refused as refusal:
        if refusal.code != "branch.exists":
            raise
        return known  # another process was faster


COMMAND: Final = Command(
    "init",
    "write a configuration if there is none, create or upgrade the tables, open a first branch",
    configure,
    run,
)
