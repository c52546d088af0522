"""Every verb that writes, each with something to do in the scene of `tests.faults.scene`: a module per capability.

The modules are found, not listed. A capability that is added brings one; `tests.faults.test_all_verbs` says what is
missing.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from typing import Final

from tests.faults.verbs.verb import Verb


def _found() -> Iterator[Verb]:
    for module in pkgutil.iter_modules(__path__, f"{__name__}."):
        if module.name != Verb.__module__:
            yield from import_module(module.name).VERBS


VERBS: Final = tuple(_found())

BY_NAME: Final = {verb.name: verb for verb in VERBS}
