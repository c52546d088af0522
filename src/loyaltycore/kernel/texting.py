"""Text messages as networks carry them: in which alphabet, and in how many messages.

Sources: 3GPP TS 23.038 (the alphabet of GSM and its extension table), TS 23.040 (long texts take messages of 153
septets or 67 code units, because each has a header of six octets).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Final

from attrs import frozen

_BASIC: Final = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION: Final = "^{}\\[~]|€"
_SEPTETS: Final[Mapping[str, int]] = dict.fromkeys(_BASIC, 1) | dict.fromkeys(_EXTENSION, 2)
_ONE_PLANE: Final = 0xFFFF


class Alphabet(Enum):
    """How the characters of a text travel."""

    GSM = "gsm"
    """Seven bits each; those of the extension table take two places."""

    UCS2 = "ucs2"
    """Sixteen bits each; those beyond the first plane take two places. Used if the alphabet of GSM lacks one character."""


_ROOM: Final = {Alphabet.GSM: (160, 153), Alphabet.UCS2: (70, 67)}
"""Places in a single message, and in each of several."""


@frozen
class Segments:
    """What a text takes."""

    alphabet: Alphabet
    """The only one, or the smaller one, in which every character of the text can travel."""
    count: int
    """Messages, each of which the operator charges for."""


def segments_of(text: str) -> Segments:
    """Count the messages that a text takes; a character that takes two places stays in one message.

    Example:
        >>> segments_of("Größe 5 €").count
        1
        >>> segments_of("a" * 161)
        Segments(alphabet=<Alphabet.GSM: 'gsm'>, count=2)
        >>> segments_of("Привет" * 12).count
        2
    """
    plain = all(character in _SEPTETS for character in text)
    alphabet = Alphabet.GSM if plain else Alphabet.UCS2
    places = [_SEPTETS[each] if plain else 1 + (ord(each) > _ONE_PLANE) for each in text]
    single, several = _ROOM[alphabet]
    return Segments(alphabet, 1 if sum(places) <= single else _counted(places, several))


def _counted(places: Iterable[int], room: int) -> int:
    count, left = 1, room
    for each in places:
        if each > left:
            count, left = count + 1, room
        left -= each
    return count
