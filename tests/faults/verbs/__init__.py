"""Every verb that writes, each with something to do in the scene of `tests.faults.scene`: a module per capability.

A capability that is added brings a module of its own; `tests.faults.test_all_verbs` says what is missing.
"""

from __future__ import annotations

from typing import Final

from tests.faults.verbs import cards, customers, delivery, processes, properties, selections, shop
from tests.faults.verbs.verb import Verb

VERBS: Final[tuple[Verb, ...]] = (
    *customers.VERBS,
    *shop.VERBS,
    *cards.VERBS,
    *properties.VERBS,
    *processes.VERBS,
    *selections.VERBS,
    *selections.VERBS,
    *delivery.VERBS,
)

BY_NAME: Final = {verb.name: verb for verb in VERBS}
