"""What is packed: every module, what lies beside modules, and a page that a package index can show."""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
from email import message_from_bytes
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.test_house import ADAPTERS, PYPROJECT, ROOT, ROOT_NAMES, SHIPPED, _modules


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked source distribution."""
    folder = tmp_path_factory.mktemp("sources")
    _build("sdist", ROOT, folder)
    (packed,) = folder.glob("*.tar.gz")
    with tarfile.open(packed) as archive:
        archive.extractall(folder, filter="data")
    return folder / packed.name.removesuffix(".tar.gz")


@pytest.fixture(scope="module")
def built(sources: Path) -> Path:
    """A wheel that is built from it."""
    _build("wheel", sources, sources.parent)
    (built,) = sources.parent.glob("*.whl")
    return built


def _build(kind: str, sources: Path, folder: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(folder)]
    subprocess.run(command, cwd=sources, check=True, capture_output=True, timeout=60)


@pytest.fixture(scope="module")
def wheel(built: Path) -> set[str]:
    """The names of the files in it."""
    with ZipFile(built) as archive:
        return set(archive.namelist())


def test_the_source_distribution_is_whole(sources: Path) -> None:
    """Tests, pages and scripts lie in it as in the repository, so whoever packs it for a system can run them."""
    assert {path.name for path in sources.iterdir()} == ROOT_NAMES | {"PKG-INFO", ".ci", ".gitignore"}


def test_the_wheel_holds_every_module(wheel: set[str]) -> None:
    """Nothing of the two source roots is left behind, and nothing else is taken along."""
    expected = {path.relative_to(ROOT / source).as_posix() for source in SHIPPED for path in _modules(source)}
    assert {name for name in wheel if name.endswith(".py")} == expected


def test_the_wheel_holds_what_is_no_module(wheel: set[str]) -> None:
    """Types are marked in every package, and the contract with the card vendor lies beside its adapter."""
    assert {f"{package}/py.typed" for package in ("loyaltycore", *ADAPTERS)} <= wheel
    assert "loyaltycore_cardprint/cardprint.openapi.yaml" in wheel
    assert "loyaltycore_sql/migrations/env.py" in wheel


def test_every_adapter_is_packed() -> None:
    """A folder below `adapters` that is not in the wheel would work on the author's machine alone."""
    packages = PYPROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert set(packages) == {"src/loyaltycore", *(f"adapters/{name}" for name in ADAPTERS)}


def test_a_package_index_shows_where_to_go_on(built: Path) -> None:
    """The package names its documentation, source, issues and changelog, and no link of its page stays relative."""
    with ZipFile(built) as archive:
        (name,) = (each for each in archive.namelist() if each.endswith(".dist-info/METADATA"))
        said = message_from_bytes(archive.read(name))
    kinds = {url.partition(",")[0] for url in said.get_all("Project-URL", ())}
    assert kinds == {"Documentation", "Source", "Issues", "Changelog"}
    page = said.get_payload()
    links = re.findall(r"\]\(([^)]+)\)", page)
    assert len(links) > 15
    assert [link for link in links if not link.startswith("https://")] == []
    assert re.findall(r"!\[[^\]]+\]\((https://raw[^)]+)\)", page)
