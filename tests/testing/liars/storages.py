"""All lying storages together."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final, cast

from loyaltycore.memory.storage import MemoryTransaction
from tests.testing.liars.honest import HonestStorage
from tests.testing.liars.liar import Liar
from tests.testing.liars.storage_bulk import BULK_LIARS
from tests.testing.liars.storage_ends import END_LIARS
from tests.testing.liars.storage_lives import LIFE_LIARS
from tests.testing.liars.storage_memories import MEMORY_LIARS
from tests.testing.liars.storage_paging import PAGING_LIARS
from tests.testing.liars.storage_processes import PROCESS_LIARS
from tests.testing.liars.storage_queries import QUERY_LIARS
from tests.testing.liars.storage_races import RACE_LIARS
from tests.testing.liars.storage_references import REFERENCE_LIARS
from tests.testing.liars.storage_rules import RULE_LIARS
from tests.testing.liars.storage_settings import SETTING_LIARS
from tests.testing.liars.storage_sizes import SIZE_LIARS
from tests.testing.liars.storage_troubles import TROUBLE_LIARS
from tests.testing.liars.storage_units import UNIT_LIARS
from tests.testing.liars.storage_values import VALUE_LIARS
from tests.testing.liars.storage_words import WORD_LIARS


def _liar(cls: type) -> Liar[HonestStorage]:
    make = partial(HonestStorage, cls) if issubclass(cls, MemoryTransaction) else cls
    return Liar.of(cls, cast("Callable[[], HonestStorage]", make))


_CLASSES: Final[tuple[type, ...]] = (
    *UNIT_LIARS,
    *RULE_LIARS,
    *VALUE_LIARS,
    *QUERY_LIARS,
    *REFERENCE_LIARS,
    *PAGING_LIARS,
    *RACE_LIARS,
    *PROCESS_LIARS,
    *SIZE_LIARS,
    *END_LIARS,
    *LIFE_LIARS,
    *WORD_LIARS,
    *SETTING_LIARS,
    *TROUBLE_LIARS,
    *BULK_LIARS,
    *MEMORY_LIARS,
)


STORAGE_LIARS: Final[tuple[Liar[HonestStorage], ...]] = tuple(map(_liar, _CLASSES))
"""Storages in memory that are wrong in one way each. Each can be `reopened`, and says its `count_rows`."""
