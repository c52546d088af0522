"""What the API reference shows of a docstring, and where the names in signatures lead."""

from __future__ import annotations

import re
from enum import Enum
from typing import Any

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

HIDDEN = "unit: Supplied."
"""The line that describes the unit of work, which callers of a service never see."""

BEFORE_NAPOLEON = 400


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the hooks."""
    app.connect("autodoc-process-docstring", drop_hidden_argument, priority=BEFORE_NAPOLEON)
    app.connect("autodoc-process-docstring", mark_code, priority=BEFORE_NAPOLEON)
    app.connect("autodoc-skip-member", skip_member)
    app.connect("missing-reference", find_by_last_name)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def drop_hidden_argument(
    app: Sphinx, what: str, name: str, obj: object, options: Any, lines: list[str]
) -> None:
    """Take the argument `unit` out of a description."""
    for position, line in enumerate(lines):
        if line.strip() == HIDDEN:
            following = position + 1
            blank = following < len(lines) and not lines[following].strip()
            del lines[position : following + blank]
            return


def mark_code(app: Sphinx, what: str, name: str, obj: object, options: Any, lines: list[str]) -> None:
    """In a module's docstring what is indented below a paragraph is code."""
    if what != "module":
        return
    for position in range(len(lines) - 1, 1, -1):
        before = lines[outside_before(lines, position)]
        if lines[position].startswith("    ") and not lines[position - 1] and is_prose(before):
            lines[position:position] = ["::", ""]


def outside_before(lines: list[str], position: int) -> int:
    """The last line with text above a position."""
    return max((i for i in range(position) if lines[i].strip()), default=0)


def is_prose(line: str) -> bool:
    """Whether a line ends a paragraph, and neither opens a section of ours nor announces code already."""
    return (
        not line.startswith(" ") and not line.endswith("::") and re.fullmatch(r"[A-Z][a-z]+:", line) is None
    )


def skip_member(
    app: Sphinx,
    what: str,
    name: str,
    obj: object,
    skip: bool,
    options: Any,
) -> bool | None:
    """Show the members of an enumeration although most need no words of their own."""
    if name == "cache_ok":  # a switch of SQLAlchemy, with its words
        return True
    return False if isinstance(obj, Enum) else None


def find_by_last_name(
    app: Sphinx, env: BuildEnvironment, node: pending_xref, contnode: nodes.Element
) -> nodes.Node | None:
    """Lead a bare class name in a signature to the one class of that name; foreign names stay plain text."""
    if node.get("refdomain") != "py" or node.get("reftype") not in {"class", "exc", "obj", "data"}:
        return None
    target = node["reftarget"]
    domain = env.domains.python_domain
    last = target.rpartition(".")[2]
    found = {
        entry.node_id: entry
        for full, entry in domain.objects.items()
        if full.rpartition(".")[2] == last and entry.objtype in {"class", "exception"}
    }
    if len(found) == 1 and not target.startswith("loyaltycore"):
        ((anchor, entry),) = found.items()
        builder = app.builder
        reference = nodes.reference("", "", internal=True)
        reference["refuri"] = builder.get_relative_uri(node["refdoc"], entry.docname) + "#" + anchor
        reference += contnode
        return reference
    # Names of Python itself and of other packages: no inventory is fetched, so that the build needs no network.
    return None if target.startswith("loyaltycore") else contnode
