"""What the children of `tests.faults.prefork` do. Everything that they need is loaded here, before they are forked."""

from __future__ import annotations

from pathlib import Path

from loyaltycore import Loyalty
from loyaltycore_sql import SqlStorage
from tests.faults import rivals
from tests.faults.racing import gate


def change_own_field(url: str, customer_id: str, rounds: int, folder: str, number: int) -> int:
    """Change the field of one's own again and again."""
    loyalty = Loyalty(SqlStorage(url))
    desk = loyalty.session(f"process {number}")
    gate(Path(folder), number)
    return rivals.change_own_field(desk, customer_id, number, rounds)


def count_in_notes(url: str, customer_id: str, rounds: int, folder: str, number: int) -> int:
    """Count in the notes of one customer."""
    desk = Loyalty(SqlStorage(url)).session(f"process {number}")
    gate(Path(folder), number)
    return rivals.count_in_notes(desk, customer_id, number, rounds)


def create_customers(url: str, rounds: int, folder: str, number: int) -> list[str]:
    """Take customers on, and change one's mind about some."""
    desk = Loyalty(SqlStorage(url)).session(f"process {number}")
    gate(Path(folder), number)
    return rivals.create_customers(desk, number, rounds)


def deliver_probes(url: str, probe: str, folder: str, number: int) -> int:
    """Work through the outbox as one of several workers."""
    loyalty = Loyalty(SqlStorage(url), handlers=[rivals.Probe(Path(probe))])
    gate(Path(folder), number)
    return rivals.deliver_probes(loyalty)
