"""Puts what the examples print into their page.

It stands between two comments, ``<!-- shown: SCRIPT -->`` and ``<!-- end of what is shown -->``. Behind the script may
stand the heading of the part of its output that is shown. A test holds the page fresh.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from textwrap import dedent, wrap
from typing import Final

PAGE: Final = Path(__file__).parents[1] / "tutorial" / "examples.md"
MAIL: Final = "a mail of order_cards/run.py"
"""Stands in the place of a script for one of the mails that the example has sent."""

_SHOWN: Final = re.compile(
    r"(<!-- shown: ([^:]+?)(?:: (.+?))? -->\n```text\n).*?(```\n<!-- end of what is shown -->)", re.DOTALL
)
_CHANGES: Final = re.compile(r"\d{16}|\d{4}-\d\d-\d\d|\d\d\.\d\d\.\d{4}")
_WIDTH: Final = 84
_RECIPIENT: Final = "gertrud.ahrens@example.com"


def page(printed: Mapping[str, str]) -> str:
    """The page as it should be, as far as it shows these scripts."""

    def filled(found: re.Match[str]) -> str:
        output = printed.get(found[2])
        if output is None:
            return found[0]
        shown = _part(output, found[3]) if found[3] else output
        return "\n".join([found[1].rstrip(), *_wrapped(shown.strip()), found[4]])

    return _SHOWN.sub(filled, PAGE.read_text("utf-8"))


def scripts() -> set[str]:
    """The scripts whose output the page shows."""
    return {found[2] for found in _SHOWN.finditer(PAGE.read_text("utf-8"))}


def lasting(text: str) -> str:
    """A text without what differs from run to run: card numbers and dates."""
    return _CHANGES.sub(lambda found: re.sub(r"\d", "0", found[0]), text)


def mail(folder: Path) -> str:
    """The confirmation that a certain customer of ``order_cards`` got, as a person reads it."""
    for path in sorted((folder / "mails").glob("*.eml")):
        found = message_from_bytes(path.read_bytes(), EmailMessage, policy=policy.default)
        body = found.get_body(("plain",))
        if body is not None and _RECIPIENT in found["To"]:
            head = (f"{name}: {found[name]}" for name in ("From", "Reply-To", "To", "Subject"))
            return "\n".join([*head, "", body.get_content()])
    raise LookupError(_RECIPIENT)


def _wrapped(text: str) -> Iterator[str]:
    """The lines of a text, and of a line that is too long for the page several."""
    for line in text.splitlines():
        indent = "      " if line.startswith(" ") else ""
        yield from wrap(line, _WIDTH, subsequent_indent=indent) or [""]


def _part(output: str, heading: str) -> str:
    """What stands indented below a heading."""
    found = re.search(rf"^{re.escape(heading)}\n((?:[ ].*\n)+)", output, re.MULTILINE)
    if found is None:
        raise LookupError(heading)
    return dedent(found[1])
