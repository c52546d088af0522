"""Words that somebody else chose: which texts can be kept, and how anything becomes such a text."""

from __future__ import annotations

import re
from typing import Final

from loyaltycore.kernel.given import text_of

_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")
_REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"

# Blanks of all widths, and the Braille pattern without a dot.
_BLANKS: Final = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u2800\u3000"
# Soft hyphens, byte order marks, marks of the writing direction, letters without a shape, tags, and the rest of what
# Unicode calls default ignorable, except joiners and selectors.
_UNSEEN: Final = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
)
# Joiners shape letters of the scripts from Arabic to Khmer and Mongolian and hold emoji together; selectors choose the
# form of a symbol or of an ideograph. Anywhere else they do nothing.
_JOINERS: Final = "\u200c\u200d"
_JOINED: Final = (
    "\u0600-\u109f\u1700-\u18af\u1900-\u1cff\u2190-\u2bff\ufe00-\ufe0f\ua800-\uabff\ufb50-\ufdff\ufe70-\ufefe"
    "\U00010a00-\U00011fff\U0001f000-\U0001faff"
)
_SELECTORS: Final = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_SELECTABLE: Final = (
    "#*0-9\u00a9\u00ae\u1000-\u109f\u1820-\u18aa\u2010-\u2bff\u3001-\u303d\u3200-\u9fff\uf900-\ufaff\U0001f000-\U0001faff"
    "\U00020000-\U0003ffff"
)
_ODD: Final = re.compile(f"[{_BLANKS}{_UNSEEN}{_JOINERS}{_SELECTORS}]")
_BLANK: Final = re.compile(f"[{_BLANKS}]")
# In this order: what one of them drops is nothing for the next one to join or to select.
_SUPERFLUOUS: Final = tuple(
    re.compile(pattern)
    for pattern in (f"[{_UNSEEN}]", f"(?<![{_SELECTABLE}])[{_SELECTORS}]", f"(?<![{_JOINED}])[{_JOINERS}]")
)


def is_storable(text: str) -> bool:
    """Whether every engine can hold the text: no NUL, no lone surrogate."""
    if "\0" in text:
        return False
    if text.isascii():
        return True
    try:
        # Half a character is all that UTF-8 cannot write, and this is much faster than an expression.
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def cleaned(text: str) -> str:
    r"""Turn blanks of every kind into plain ones, and drop what nobody sees.

    Joiners stay where a script shapes its letters by them or where they hold emoji together, and variation selectors
    where they select something. Marks of the writing direction are dropped: the text is kept as it is read aloud.

    Example:
        >>> cleaned("\ufeffErika\u00a0Mus\u00adter\u200bmann")
        'Erika Mustermann'
    """
    if text.isascii() or _ODD.search(text) is None:
        return text
    text = _BLANK.sub(" ", text)
    for superfluous in _SUPERFLUOUS:
        text = superfluous.sub("", text)
    return text


def as_text(value: object, limit: int) -> str:
    r"""Make of any value at all a text that every engine can hold; nothing that the value does can make this fail.

    Args:
        value: None becomes empty; bytes are read as UTF-8; what cannot be written becomes the name of its type.
        limit: Greatest length, in characters; the rest is cut.

    Example:
        >>> as_text("no such user\x00", 60)
        'no such user\ufffd'
        >>> as_text(550, 60)
        '550'
    """
    return _UNSTORABLE.sub(_REPLACEMENT, _written(value, limit)[:limit])


def describe(error: BaseException, limit: int) -> str:
    """Write down an exception, whatever its `str()` does."""
    return as_text(f"{type(error).__name__}: {as_text(error, limit)}", limit)


def _written(value: object, limit: int) -> str:
    text = text_of(value)
    if text is not None:
        return text
    if value is None:
        return ""
    try:
        if isinstance(value, bytes | bytearray):
            return bytes(value[: 4 * limit]).decode("utf-8", "replace")
        # What `str()` returns may be of a subclass as well.
        return str.__str__(str(value))
    except Exception:  # noqa: BLE001  it is somebody else's code
        return f"<{type(value).__name__}>"
