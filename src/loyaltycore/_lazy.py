"""Names that a package offers and loads when they are first used (PEP 562)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module


def lazy_names(
    package: str, offered: Mapping[str, str]
) -> tuple[Callable[[str], object], Callable[[], list[str]], list[str]]:
    """Make ``__getattr__``, ``__dir__`` and ``__all__`` for a package.

    Type checkers see ordinary imports under ``TYPE_CHECKING`` instead.

    Args:
        package: The package's ``__name__``.
        offered: Names separated by blanks, by the module that defines them, relative to the package: ``{".rules.card":
            "CardState CustomerCard"}``.
    """
    namespace = vars(sys.modules[package])
    homes = {name: module for module, names in offered.items() for name in names.split()}

    def load(name: str) -> object:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value: object = getattr(import_module(homes[name], package), name)
        # Kept in the package: the next look-up does not come here.
        namespace[name] = value
        return value

    def names() -> list[str]:
        return sorted({*namespace, *homes})

    return load, names, sorted(name for name in homes if not name.startswith("_"))
