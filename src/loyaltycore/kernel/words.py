"""Words that somebody else chose: which texts can be kept, and how anything becomes such a text."""

from __future__ import annotations

import re
from typing import Final

_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")
_REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"


def is_storable(text: str) -> bool:
    """Whether every engine can hold the text: no NUL, no lone surrogate."""
    return _UNSTORABLE.search(text) is None


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
    # Not `value[:limit]`: a subclass of `str` may do anything there.
    return _UNSTORABLE.sub(_REPLACEMENT, str.__getitem__(_written(value, limit), slice(limit)))


def describe(error: BaseException, limit: int) -> str:
    """Write down an exception, whatever its `str()` does."""
    return as_text(f"{type(error).__name__}: {as_text(error, limit)}", limit)


def _written(value: object, limit: int) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    try:
        if isinstance(value, bytes | bytearray):
            return bytes(value[: 4 * limit]).decode("utf-8", "replace")
        return str(value)
    except Exception:  # noqa: BLE001  it is somebody else's code
        return f"<{type(value).__name__}>"
