"""How the documentation is built: ``sphinx-build -W -n --keep-going docs OUT``."""

from __future__ import annotations

import logging
import sys
from importlib import metadata
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_tools"))

# Loading the migrations makes Alembic list its plug-ins.
logging.getLogger("alembic").setLevel(logging.WARNING)

project = "loyaltycore"
author = "The loyaltycore maintainers"
project_copyright = f"2026 {author}"
release = version = metadata.version("loyaltycore")

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "myst_parser",
    "docstrings",
    "module_pages",
]
exclude_patterns = ["_build", "_tools"]

html_theme = "furo"
html_title = f"loyaltycore {release}"

myst_heading_anchors = 3

# A word in single backticks is a name where the library has one, and otherwise code.
default_role = "py:obj"
nitpicky = True
# Two classes of one name: a signature that gives the bare name leads to one of them.
suppress_warnings = ["ref.python"]
nitpick_ignore_regex = [
    ("py:obj", ".*"),
    ("py:class", r".*\.[A-Z](_co)?"),  # type variables
    ("py:class", r".*\._\w+"),  # private classes
    ("py:class", "SparkSession"),
]

autodoc_default_options = {
    "members": True,
    "ignore-module-all": True,
    "member-order": "bysource",
    "show-inheritance": True,
}
autodoc_typehints_format = "short"
# Nothing is typed in comments, and looking for them reads each module once for each of its functions.
autodoc_use_type_comments = False
python_use_unqualified_type_names = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True
