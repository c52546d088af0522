"""Strategies for text messages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from hypothesis import strategies as st

from loyaltycore.kernel.messages import SmsText
from loyaltycore.testing.strategies.mails import lines, own_ids
from loyaltycore.testing.strategies.values import phone_numbers

GSM: Final = (
    "@£$¥èéùìòÇ\nØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The alphabet of GSM 03.38, without the two characters that nobody writes: carriage return and escape."""

EXTENSION: Final = "^{}\\[~]|€"
"""Its extension table: each of these takes the place of two characters."""

OTHER_TEXTS: Final = (
    "áíóúçÁ \u2019so\u2019 “so” \u2013 … ł ž",
    "no\u00a0break, a\ttab, `so`",
    "Привет, שלום, 你好",
    "e\u0301 and u\u0308, not composed",
    "\U0001f600" * 100,
    "a" + "\U0001f469\u200d\U0001f467" * 80,
    "ж" * 70,
    "ж" * 71,
    "ж" * 400 + ".",
    "a" * 320 + "ж",
    "  blanks around  ",
    "\nline ends around\n\n",
    "{name} ${name} %(name)s %n 100 %41 &amp; 1 + 1 <b>",
)
"""Texts that are easily changed on their way."""

EDGES: Final = (1, 2, 69, 70, 71, 133, 134, 135, 152, 153, 154, 159, 160, 161, 305, 306, 307, 1377, 1378)
"""Lengths at which a text begins to take one message more."""


def texts_at_the_edges() -> Iterator[str]:
    """Texts in the alphabet of GSM with a blank, or a character of its extension table, where a message ends."""
    for size in EDGES:
        for sign in ("€", "{", " "):
            yield "a" * size + sign
            yield "a" * (size - 1) + sign + "z"
        yield (GSM * 12)[:size] + "."


@st.composite
def gsm_texts(draw: st.DrawFn) -> str:
    """Texts in the alphabet of GSM that take a few messages: with characters of its extension table at the edges."""
    size = draw(st.sampled_from(EDGES[:-2]) | st.integers(1, 320))
    filler = draw(st.sampled_from(["a", "€", "Ihre Karte liegt bereit. ", "{x} ", GSM, EXTENSION]))
    ends = st.text(st.sampled_from(GSM + EXTENSION), max_size=5)
    return draw(ends) + (filler * size)[:size] + draw(ends)


def very_long_texts(characters: str) -> Iterator[str]:
    """Texts that take more than ten messages, no two of which are alike."""
    for size in (671, 1000, 1531, 1601, 2100):
        words = (f"{number} {characters[number % len(characters)]} " for number in range(size))
        yield "".join(words)[:size] + "."


def sms_texts() -> st.SearchStrategy[SmsText]:
    """Texts to one phone."""
    characters = sorted({*GSM, *EXTENSION, *"".join(OTHER_TEXTS)})
    other = st.text(st.sampled_from(characters), min_size=1, max_size=300)
    text = lines(200).filter(bool) | other | gsm_texts()
    return st.builds(SmsText, own_ids(), phone_numbers(), text, at_most_once=st.booleans())
