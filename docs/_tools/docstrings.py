"""What the API reference shows of a docstring, and where the names in signatures lead."""

from __future__ import annotations

import re
import sys
from enum import Enum
from typing import Any

from docutils import nodes
from sphinx.addnodes import pending_xref, pending_xref_condition
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

BEFORE_NAPOLEON = 400


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the hooks."""
    app.connect("autodoc-process-docstring", mark_code, priority=BEFORE_NAPOLEON)
    app.connect("autodoc-skip-member", skip_member)
    app.connect("missing-reference", find_elsewhere)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def mark_code(app: Sphinx, what: str, name: str, obj: object, options: Any, lines: list[str]) -> None:
    """In a module's docstring what is indented below a paragraph is code."""
    if what != "module":
        return
    # As written: where all but the first line is code, its indentation has been taken for that of the docstring.
    lines[:] = [*(obj.__doc__ or "").splitlines(), ""]
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


def find_elsewhere(
    app: Sphinx, env: BuildEnvironment, node: pending_xref, contnode: nodes.Element
) -> nodes.Node | None:
    """Lead a name to where its object is described, by the place that it is imported from or by its last part.

    Names of Python itself and of other packages stay plain text: no inventory is fetched, so that the build needs no
    network.
    """
    if node.get("refdomain") != "py" or node.get("reftype") not in {"class", "exc", "func", "obj", "data"}:
        return None
    if isinstance(contnode, pending_xref_condition):
        contnode = shown_unresolved(node)
    target: str = node["reftarget"]
    objects = env.domains.python_domain.objects
    if target.startswith("loyaltycore"):
        found = {name for name in (defined_name(target),) if name in objects}
    else:
        last = target.rpartition(".")[2]
        found = {
            name
            for name, entry in objects.items()
            if name.rpartition(".")[2] == last and entry.objtype in {"class", "exception"}
        }
    if len(found) == 1:
        entry = objects[found.pop()]
        place = app.builder.get_relative_uri(node["refdoc"], entry.docname)
        return nodes.reference("", "", contnode, internal=True, refuri=f"{place}#{entry.node_id}")
    return None if target.startswith("loyaltycore") else contnode


def defined_name(target: str) -> str:
    """The name under which an object was defined that a package offers as its own, or an empty text."""
    module, _, name = target.rpartition(".")
    found = getattr(sys.modules.get(module), name, None)
    return f"{found.__module__}.{found.__qualname__}" if hasattr(found, "__qualname__") else ""


def shown_unresolved(node: pending_xref) -> nodes.Element:
    """What a reference shows that prepared several texts, where it leads nowhere: the full name."""
    texts = [child for child in node.findall(pending_xref_condition) if child["condition"] == "*"]
    return nodes.inline("", "", *(part.deepcopy() for text in texts for part in text.children))
