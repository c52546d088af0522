"""Joining the host: verbs inside a transaction that the host application has begun and will end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from loyaltycore.errors import Refused
from loyaltycore.ports.joining import JoinedTransaction, SupportsJoining
from loyaltycore.work.blocks import block, clear_the_way, open_unit
from loyaltycore.work.house import House
from loyaltycore.work.loops import warn_if_blocking
from loyaltycore.work.unit import Acting, Progress, Unit


@contextmanager
def joined(house: House, connection: object) -> Iterator[None]:
    """Let verbs join the host's transaction while the block lasts; see `loyaltycore.Loyalty.joined`."""
    storage = house.storage
    if not isinstance(storage, SupportsJoining):
        raise Refused(
            "transaction.cannot_join",
            f"{type(storage).__name__} cannot work inside a transaction of the application",
            remedy="keep the records in the database of the application, for example with SqlStorage",
        )
    outer = open_unit(house)
    if outer is not None and outer.progress.host is None:
        raise Refused(
            "transaction.inside_block",
            "a block that the library commits by itself is open in this thread",
            remedy="join the application's transaction first, and open the block inside",
        )
    warn_if_blocking(house)
    clear_the_way()
    with block(house, storage.join(connection), lambda tx: _unit(house, cast("JoinedTransaction", tx))):
        yield


def _unit(house: House, tx: JoinedTransaction) -> Unit:
    """A unit in which nobody acts by himself: each session that joins it does under its own name."""
    acting = Acting(actor="", branch_id="", now=house.clock.now(), command=house.ids.new())
    return Unit(tx, house.registry, acting, house.ids, house.tokens, Progress(tx))
