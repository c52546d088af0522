"""One page for each public package with all its modules, written before the build into ``reference/api``."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from sphinx.application import Sphinx

PACKAGES = (
    "loyaltycore",
    "loyaltycore_sql",
    "loyaltycore_email",
    "loyaltycore_http",
    "loyaltycore_sms",
    "loyaltycore_splink",
    "loyaltycore_calendars",
    "loyaltycore_cardprint",
    "loyaltycore_cardvendor",
    "loyaltycore_holidays",
    "loyaltycore_otel",
    "loyaltycore_templates",
)

# Running a module as a program, and the migrations of the tables, are no interface.
LEFT_OUT = ("__main__", "migrations")

# Not installed for the sake of one name in a signature.
TOO_LARGE = ("pyspark",)


def setup(app: Sphinx) -> dict[str, bool]:
    """Write the pages before anything is read."""
    app.connect("builder-inited", write_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def write_pages(app: Sphinx) -> None:
    """Write the page of every package, and take away those of packages that are gone."""
    folder = Path(app.srcdir) / "reference" / "api"
    folder.mkdir(exist_ok=True)
    pages = {folder / f"{name}.rst": page(name) for top in PACKAGES for name in packages(top)}
    for module in [found for name, found in sys.modules.items() if name.partition(".")[0] in PACKAGES]:
        resolve_type_checking(module)
    for stale in set(folder.iterdir()) - set(pages):
        stale.unlink()
    for path, text in pages.items():
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")


def packages(name: str) -> Iterator[str]:
    """A package and the packages in it."""
    yield name
    for child, is_package in children(name):
        if is_package:
            yield from packages(child)


def children(name: str) -> list[tuple[str, bool]]:
    """What lies directly in a package, and whether that is a package itself."""
    package = importlib.import_module(name)
    found = [
        (f"{name}.{child.name}", child.ispkg)
        for child in pkgutil.iter_modules(package.__path__)
        if not child.name.startswith("_") and child.name not in LEFT_OUT
    ]
    for child, _ in found:
        importlib.import_module(child)
    return found


def page(package: str) -> str:
    """The page of one package: its own words, its packages, its modules."""
    inside = children(package)
    lines = [*heading(package, "="), f".. automodule:: {package}", ""]
    if any(is_package for _, is_package in inside):
        lines += [".. toctree::", "   :maxdepth: 1", ""]
        lines += [*(f"   {child}" for child, is_package in inside if is_package), ""]
    for child, is_package in inside:
        if not is_package:
            lines += [*heading(child, "-"), f".. automodule:: {child}", ""]
    return "\n".join(lines)


def heading(name: str, line: str) -> list[str]:
    """A module's name, underlined."""
    return [name, line * len(name), ""]


def resolve_type_checking(module: ModuleType) -> None:
    """Make the imports that only type checkers see, so that the names in signatures lead somewhere."""
    for node in ast.parse(inspect.getsource(module)).body:
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            code = compile(ast.Module(node.body, []), str(module.__file__), "exec")
            try:
                exec(code, module.__dict__)  # noqa: S102  our own imports
            except ModuleNotFoundError as error:
                if error.name not in TOO_LARGE:
                    raise
