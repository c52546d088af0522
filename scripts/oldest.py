"""Prints the oldest version that each dependency may have, as constraints for pip: `name==version`, one per line.

python scripts/oldest.py > oldest.txt && pip install -c oldest.txt -e ".[all,django,testing]"
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

_PROJECT: Final = Path(__file__).parent.parent / "pyproject.toml"
_EXTRAS: Final = ("all", "django", "testing")
"""What users install; what only builds, checks and shows the library may be as new as it likes."""
_REQUIREMENT: Final = re.compile(r"([a-z0-9-]+)(?:\[[a-z,]+\])?>=([0-9.]+)")
_OWN: Final = re.compile(r"loyaltycore\[([a-z,]+)\]")


def main() -> None:
    """Print them."""
    project = tomllib.loads(_PROJECT.read_text("utf-8"))["project"]
    extras = _with_what_they_name(project["optional-dependencies"], _EXTRAS)
    for requirement in dict.fromkeys([*project["dependencies"], *extras]):
        name, version = _REQUIREMENT.fullmatch(requirement).groups()
        print(f"{name}=={version}")


def _with_what_they_name(extras: dict[str, list[str]], names: Iterable[str]) -> Iterator[str]:
    """The requirements of some extras, and of those that they are made of."""
    for requirement in (each for name in names for each in extras[name]):
        own = _OWN.fullmatch(requirement)
        if own is None:
            yield requirement
        else:
            yield from _with_what_they_name(extras, own[1].split(","))


if __name__ == "__main__":
    main()
