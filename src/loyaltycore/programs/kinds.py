"""All kinds of programs of one `Loyalty`: the library's own and those of the host application."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import attrs

from loyaltycore.errors import RegistrationError
from loyaltycore.kernel.given import shown
from loyaltycore.kernel.validation import Faults
from loyaltycore.programs.rules.kind import ProgramKind
from loyaltycore.work.capability import Point


class ProgramKinds:
    """The kinds by key and by the class of their terms; fixed once it is made."""

    def __init__(self, kinds: Iterable[ProgramKind]) -> None:
        """Collect the kinds.

        Raises:
            RegistrationError: A kind has no valid key, label or class of terms, or two share a key or that class.
        """
        self._kinds: dict[str, ProgramKind] = {}
        self._by_terms: dict[type[Any], ProgramKind] = {}
        for each in kinds:
            _check(each)
            if each.key in self._kinds or each.terms in self._by_terms:
                raise RegistrationError(f"program kind {each.key!r}: its key or its terms are there already")
            self._kinds[each.key] = self._by_terms[each.terms] = each

    @property
    def all(self) -> tuple[ProgramKind, ...]:
        """All kinds in the order of registration."""
        return tuple(self._kinds.values())

    def of(self, terms: object) -> ProgramKind | None:
        """The kind of some terms, or None."""
        return self._by_terms.get(type(terms))

    def get(self, key: str) -> ProgramKind:
        """The kind of a key.

        Raises:
            RegistrationError: No capability adds it any more.
        """
        found = self._kinds.get(key)
        if found is None:
            raise RegistrationError(f"no program kind {key!r} is registered: Loyalty(program_kinds=[...])")
        return found


PROGRAM_KINDS: Final = Point[ProgramKind, ProgramKinds]("kinds of programs", ProgramKinds)


def _check(kind: object) -> None:
    if not isinstance(kind, ProgramKind):
        raise RegistrationError(f"{shown(kind)} is no ProgramKind: give an instance of a subclass")
    faults = Faults()
    faults.key("key", getattr(kind, "key", None))
    faults.text("label", getattr(kind, "label", None), limit=80, required=True)
    terms: Any = getattr(kind, "terms", None)
    if not (isinstance(terms, type) and attrs.has(terms)):
        faults.note("terms", "wrong_type", "must be an attrs class")
    if faults.found:
        wrong = "; ".join(f"{fault.field} {fault.message}" for fault in faults.found)
        raise RegistrationError(f"program kind {type(kind).__name__}: {wrong}")
