"""Answers that come packed, unpacked only as far as they may be long: a small body can unpack to a huge one.

This is not left to `urllib3`, whose older versions unpack whatever a read has brought, a thousand times its size.
"""

from __future__ import annotations

import zlib
from typing import Final

CODINGS: Final = "gzip, deflate"
"""What an answer may be packed with, for the header ``Accept-Encoding``."""

_WINDOWS: Final = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}


class TooLong(Exception):
    """The body, packed or not, is longer than allowed."""


def unpacked(body: bytes, coding: str, most: int) -> bytes:
    """The body of an answer without its packing; empty if it cannot be unpacked, since nothing else is true of it.

    Args:
        coding: The header ``Content-Encoding``; empty if there is none.
        most: Greatest length of the result, in bytes.

    Raises:
        TooLong: It would be longer.
    """
    name = coding.strip().lower()
    if name in {"", "identity"}:
        return body
    if name not in _WINDOWS:
        return b""
    unpacker = zlib.decompressobj(_WINDOWS[name])
    try:
        plain = unpacker.decompress(body, most + 1)
    except zlib.error:
        return b""
    if len(plain) > most:
        raise TooLong
    return plain if unpacker.eof and not unpacker.unused_data else b""
