"""Names out of a closed list, and what to say about one that is not on it."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from itertools import islice
from typing import Final

from loyaltycore.kernel.given import shown, text_of

_MOST_COMPARED: Final = 1000
_LONGEST: Final = 40
"""Characters of a name that are compared."""
_ALIKE: Final = 0.75
"""How alike two names are of which one was meant; 1 is equal."""
_ROOM: Final = 300
"""Characters for the names that there are."""


def unknown(kind: str, name: object, known: Iterable[str]) -> str:
    """Say that there is no such name, and which one may have been meant; where none is like it, which ones there are.

    Args:
        kind: What it would be the name of.
        name: Anything at all.

    Example:
        >>> unknown("field", "lastname", ["first_name", "last_name"])
        "there is no field 'lastname'; did you mean 'last_name'?"
        >>> unknown("field", "size", ["first_name", "last_name"])
        "there is no field 'size'; known are first_name, last_name"
    """
    names = tuple(known)
    return f"there is no {kind} {shown(name)}{meant(name, names) or _listed(names)}"


def meant(name: object, known: Iterable[str]) -> str:
    """Ask, as the end of a sentence, whether the known name was meant that is most like the given one.

    Returns:
        Empty if none is like it; of more than a thousand only the first are compared.

    Example:
        >>> meant("emial", ["email", "phone"])
        "; did you mean 'email'?"
    """
    text = text_of(name)
    if not text:
        return ""
    folded = {each[:_LONGEST].casefold(): each for each in islice(known, _MOST_COMPARED)}
    alike = get_close_matches(text[:_LONGEST].casefold(), folded, 1, _ALIKE)
    return f"; did you mean {shown(folded[alike[0]])}?" if alike else ""


def _listed(known: tuple[str, ...]) -> str:
    """The known names, as many as there is room for, and how many there are besides."""
    if not known:
        return "; none is known"
    fitting, room = 0, _ROOM
    for name in known:
        room -= len(name) + len(", ")
        if room < 0:
            break
        fitting += 1
    if not fitting:
        return ""
    more = f" and {len(known) - fitting:,} more" if fitting < len(known) else ""
    return f"; known are {', '.join(known[:fitting])}{more}"
