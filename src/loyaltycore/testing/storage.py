"""The conformance suite of the storage port.

This is all that an author writes, in a file that pytest collects:

    from contextlib import contextmanager

    from loyaltycore.testing import Lacks, StorageCapabilities, StorageConformance
    from shop_storage import ShopStorage

    IN_MEMORY = Lacks("it lives as long as its object")

    class TestShopStorage(StorageConformance):
        capabilities = StorageCapabilities(
            durable=IN_MEMORY,
            shared=IN_MEMORY,
            peekable=IN_MEMORY,
            unreachable=IN_MEMORY,
            trouble=IN_MEMORY,
        )

        @contextmanager
        def open(self):
            yield ShopStorage()

It needs no conftest and no fixture. A gap is declared in `capabilities` with its reason, never by changing a test: a
subclass that overrides one or leaves a hook unfilled is refused when it is defined.
"""

from __future__ import annotations

from loyaltycore.testing.storage_checks.base import StorageCapabilities
from loyaltycore.testing.storage_checks.bulk import BulkChecks
from loyaltycore.testing.storage_checks.ends import EndChecks
from loyaltycore.testing.storage_checks.lasting import LastingChecks
from loyaltycore.testing.storage_checks.lives import LifeChecks
from loyaltycore.testing.storage_checks.paging import PagingChecks
from loyaltycore.testing.storage_checks.processes import ProcessChecks
from loyaltycore.testing.storage_checks.queries import QueryChecks
from loyaltycore.testing.storage_checks.racing import RaceChecks
from loyaltycore.testing.storage_checks.rules import RuleChecks
from loyaltycore.testing.storage_checks.sizes import SizeChecks
from loyaltycore.testing.storage_checks.surroundings import SurroundingChecks
from loyaltycore.testing.storage_checks.troubles import TroubleChecks
from loyaltycore.testing.storage_checks.units import UnitChecks
from loyaltycore.testing.storage_checks.values import ValueChecks
from loyaltycore.testing.storage_checks.words import WordChecks
from loyaltycore.testing.suite import Lacks
from loyaltycore.testing.trouble import Trouble

__all__ = ["Lacks", "StorageCapabilities", "StorageConformance", "Trouble"]


class StorageConformance(
    BulkChecks,
    TroubleChecks,
    SurroundingChecks,
    SizeChecks,
    WordChecks,
    LifeChecks,
    EndChecks,
    LastingChecks,
    ProcessChecks,
    RaceChecks,
    PagingChecks,
    QueryChecks,
    ValueChecks,
    RuleChecks,
    UnitChecks,
    kit=True,
):
    """Checks a storage against `loyaltycore.ports.storage`: subclass it, fill `open` and `capabilities`.

    Capabilities that are not declared as gaps need `reopen`, `peek`, `open_unreachable` and `trouble` as well.
    """
