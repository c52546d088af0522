"""The habits of the house, held by tests: folders, sizes, docstrings, imports, packaging, changelog."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import pytest

ROOT: Final = Path(__file__).parents[1]
SHIPPED: Final = ("src", "adapters")
LONGEST: Final = 400
PYPROJECT: Final[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
ADAPTERS: Final = {path.parent.name for path in (ROOT / "adapters").glob("*/__init__.py")}

OPTIONAL: Final = (
    "alembic",
    "email_validator",
    "holidays",
    "hypothesis",
    "jinja2",
    "opentelemetry",
    "phonenumbers",
    "psycopg",
    "pymysql",
    "pytest",
    "requests",
    "sqlalchemy",
    "standardwebhooks",
    "waitress",
)


def _modules(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _module(path: Path) -> str:
    """The dotted name of a module or a package in one of the source roots."""
    parts = path.relative_to(ROOT).with_suffix("").parts[1:]
    return ".".join(part for part in parts if part != "__init__")


def test_every_folder_with_modules_is_a_package() -> None:
    """A folder without `__init__.py` would escape the checks of imports, and type checkers."""
    folders = {path.parent for path in _modules(*SHIPPED, "tests")}
    assert [_name(folder) for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []


ROOT_NAMES: Final = {
    *("adapters", "benchmarks", "docs", "examples", "scripts", "src", "tests"),
    *("CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "README.md", "pyproject.toml"),
}


def test_nothing_strange_lies_in_the_root() -> None:
    """A program that writes where it was started leaves files that the next commit would take along."""
    ignored = [line.rstrip("/") for line in (ROOT / ".gitignore").read_text("utf-8").splitlines()]
    found = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    strange = found - ROOT_NAMES - {"PKG-INFO"}  # which a source distribution adds
    assert {name for name in strange if not any(fnmatch(name, each) for each in ignored)} == set()


def test_no_module_is_too_long() -> None:
    """Past 400 lines a module is two."""
    lengths = {
        _name(path): len(path.read_text("utf-8").splitlines())
        for path in _modules(*SHIPPED, "tests", "examples", "docs")
    }
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


def _undocumented(body: list[ast.stmt], owner: str) -> Iterator[str]:
    """Public classes and functions without a docstring, methods of public classes included."""
    for node in body:
        if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if node.name.startswith("_") or _is_overload(node):
            continue
        if ast.get_docstring(node) is None:
            yield f"{owner}.{node.name}"
        if isinstance(node, ast.ClassDef):
            yield from _undocumented(node.body, f"{owner}.{node.name}")


def _is_overload(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(ast.unparse(decorator).endswith(("overload", ".setter")) for decorator in node.decorator_list)


@pytest.mark.parametrize("path", _modules(*SHIPPED), ids=_name)
def test_everything_public_is_documented(path: Path) -> None:
    """A module, and every public class, function and method in it, says what it is."""
    tree = ast.parse(path.read_text("utf-8"))
    assert ast.get_docstring(tree)
    assert list(_undocumented(tree.body, _name(path))) == []


def _escaping(tree: ast.Module) -> Iterator[int]:
    """The lines that make a `Faults` which nothing forces to be raised or looked at."""
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        looked_at = any(
            isinstance(node, ast.Attribute) and node.attr == "found" for node in ast.walk(function)
        )
        for node in ast.walk(function):
            value = node.value if isinstance(node, ast.Assign) else None
            if isinstance(value, ast.Call) and ast.unparse(value) == "Faults()" and not looked_at:
                yield value.lineno


def test_faults_cannot_be_forgotten() -> None:
    """Bad input is read inside `with Faults()`, which raises by itself, or what was found is looked at."""
    escaping = [
        f"{_name(path)}:{line}"
        for path in _modules(*SHIPPED)
        if path.name != "validation.py"
        for line in _escaping(ast.parse(path.read_text("utf-8")))
    ]
    assert escaping == []
    assert list(_escaping(ast.parse("def read():\n    faults = Faults()\n    faults.text('a', 1)"))) == [2]


def test_every_test_says_what_it_proves() -> None:
    """A test without a sentence cannot be judged when it fails."""
    silent = [
        f"{_name(path)}::{node.name}"
        for path in _modules("tests")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef)
        and node.name.startswith("test_")
        and ast.get_docstring(node) is None
    ]
    assert silent == []


def _loaded_by(code: str) -> set[str]:
    """The modules that a fresh interpreter has loaded after some code."""
    command = [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"]
    return set(subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout.split())


# What a shop does before its first customer comes in.
OPENING: Final = """
from loyaltycore import *
from loyaltycore.memory import MemoryStorage
desk = Loyalty(MemoryStorage()).session("anna")
desk.customers.create(last_name="Mustermann")
desk.cards, desk.branches, desk.settings, desk.activities
"""


def test_importing_the_library_loads_nothing_optional() -> None:
    """Whoever imports every name and serves a customer pays for no database, HTTP or metadata of phone numbers."""
    assert _loaded_by(OPENING) & set(OPTIONAL) == set()


def test_opening_a_shop_reads_no_tables() -> None:
    """What only some programs do is loaded by those alone: CSV import, the outbox worker, the command line."""
    rare = {"csv", "argparse", "logging"}
    ours = {
        "loyaltycore.cli",
        "loyaltycore.customers.importing",
        "loyaltycore.customers.rules.table_file",
        "loyaltycore.outbox.worker",
    }
    assert {name for name in ours if find_spec(name) is None} == set()
    assert _loaded_by(OPENING) & (rare | ours) == set()


CAPABILITIES: Final = {_module(path.parent) for path in (ROOT / "src/loyaltycore").glob("*/rules")}


def test_the_house_is_imported_without_its_capabilities() -> None:
    """`from loyaltycore import Loyalty` costs the same however many capabilities there are: none is loaded by it."""
    assert "loyaltycore.cards" in CAPABILITIES
    assert _loaded_by("from loyaltycore import Loyalty") & CAPABILITIES == set()


def _is_lazy(path: Path) -> bool:
    """Whether a module takes its `__getattr__` from `lazy_names`."""
    return any(
        isinstance(node, ast.ImportFrom) and node.module == "loyaltycore._lazy"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
    )


LAZY: Final = [_module(path) for path in _modules(*SHIPPED) if _is_lazy(path)]


def test_lazy_packages_are_found() -> None:
    """The search below finds the library itself and packages of capabilities; without it there would be no test."""
    assert {"loyaltycore", "loyaltycore.cards", "loyaltycore.ports"} <= set(LAZY)


@pytest.mark.parametrize("package", LAZY)
def test_lazy_names_are_those_that_type_checkers_see(package: str) -> None:
    """`__all__`, `dir()`, the imports for type checkers and what a program gets are the same names and values."""
    module = importlib.import_module(package)
    seen = {
        alias.name: node.module
        for block in ast.parse(Path(str(module.__file__)).read_text("utf-8")).body
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert set(module.__all__) == set(seen)
    assert set(dir(module)) >= set(seen)
    for name, home in seen.items():
        assert getattr(module, name) is getattr(importlib.import_module(str(home)), name)


def test_an_unknown_name_is_an_attribute_error() -> None:
    """`hasattr` and `from loyaltycore import typo` work as in any other package."""
    assert not hasattr(importlib.import_module("loyaltycore"), "Typo")
    with pytest.raises(ImportError, match="Typo"):
        exec("from loyaltycore import Typo")  # noqa: S102  a type checker would refuse it


def test_the_version_is_the_installed_one() -> None:
    """`loyaltycore.__version__` says what is installed."""
    assert importlib.import_module("loyaltycore").__version__ == metadata.version("loyaltycore")


def test_the_contracts_of_imports_name_every_adapter() -> None:
    """No adapter escapes the rules about who may see whom."""
    linter = PYPROJECT["tool"]["importlinter"]
    assert set(linter["root_packages"]) == {"loyaltycore", *ADAPTERS}
    contracts = {contract["name"]: contract for contract in linter["contracts"]}
    # It is no adapter, but what those that speak HTTP share.
    assert set(contracts["Adapters never see one another"]["modules"]) == ADAPTERS - {"loyaltycore_http"}
    sees = contracts["Adapters see ports, storing, kernel, rules and errors alone"]
    assert set(sees["source_modules"]) == ADAPTERS
    named = contracts["The core names no database, HTTP, holiday or template library"]
    assert set(named["forbidden_modules"]) >= ADAPTERS


CHANGELOG: Final = (ROOT / "CHANGELOG.md").read_text("utf-8")
KINDS: Final = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security", "For adapter authors"}


def test_the_changelog_keeps_its_form() -> None:
    """Keep a Changelog: unreleased changes first, versions behind, changes by kind."""
    versions = re.findall(r"^## (.+)$", CHANGELOG, re.MULTILINE)
    assert versions[0] == "[Unreleased]"
    assert all(re.fullmatch(r"\[\d+\.\d+\.\d+\](?: - \d{4}-\d\d-\d\d)?", version) for version in versions[1:])
    assert set(re.findall(r"^### (.+)$", CHANGELOG, re.MULTILINE)) <= KINDS
    assert f"[{PYPROJECT['project']['version']}]" in versions[1]
    lists = [text.strip() for text in re.split(r"^##+ .+$", CHANGELOG, flags=re.MULTILINE)[1:]]
    assert [text[:80] for text in lists if "\n\n" in text] == []


def test_the_changelog_speaks_to_adapter_authors() -> None:
    """Whoever keeps an adapter outside finds what concerns it under a heading of its own."""
    assert "### For adapter authors" in CHANGELOG
