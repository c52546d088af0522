"""Header values, encoded and folded so that no text can become a header of its own.

The library writes these values itself: the standard library reads a value before it writes it, and so would decode
an encoded word that a customer typed as a name.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from base64 import b64encode
from collections.abc import Iterator
from email.policy import Policy
from typing import Final, Self
from urllib.parse import quote

_PRINTABLE: Final = re.compile(r"[\x20-\x7e]*")
_QUOTABLE: Final = re.compile(r'[^"\\\x7f-\U0010ffff]*')
_TOKEN_CHARACTER: Final = re.compile(r"[A-Za-z0-9_-]")
_FOLD: Final = "\r\n "
_PLAIN_LENGTH: Final = 60
_WORD_BYTES: Final = 39
"""Bytes in one encoded word: 64 characters with its frame, so that it fits on a line after the header's name."""
_PARAMETER_LENGTH: Final = 54
_TOKEN_LENGTH: Final = 120
_BREAKING: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})


class Unsendable(Exception):
    """A mail, or one recipient of it, that must not be handed over."""

    def __init__(self, field: str, message: str, *, code: str = "invalid_message") -> None:
        self.code = code
        super().__init__(f"{field} {message}")


class Header(str):
    """A finished value. It names its header, which tells `email` to write it as it is."""

    __slots__ = ("name",)
    name: str

    def __new__(cls, name: str, value: str) -> Self:
        """Make a value that is written as given."""
        header = super().__new__(cls, value)
        header.name = name
        return header

    def fold(self, *, policy: Policy) -> str:
        """Return the whole header with its line end."""
        return f"{self.name}: {self}{policy.linesep}"


def is_one_line(text: str) -> bool:
    """Whether the text has no line breaks, controls or lone surrogates."""
    return not any(unicodedata.category(character) in _BREAKING for character in text)


def require_one_line(text: str, field: str) -> str:
    """Return the text, or raise `Unsendable` if it could break out of a header."""
    if not is_one_line(text):
        raise Unsendable(field, "contains a line break or a control character")
    return text


def unstructured(text: str) -> str:
    """Write free text, such as a subject."""
    return text if _is_plain(text) else _encoded_words(text)


def named_address(name: str, address: str) -> str:
    """Write a display name and an address."""
    if not name:
        return address
    if _is_plain(name) and _QUOTABLE.fullmatch(name):
        return f'"{name}"{_FOLD}<{address}>'
    return f"{_encoded_words(name)}{_FOLD}<{address}>"


def attachment_disposition(name: str) -> str:
    """Write a Content-Disposition with the file name; long names and names outside ASCII by RFC 2231."""
    if not name:
        return "attachment"
    if _is_plain(name) and _QUOTABLE.fullmatch(name):
        return f'attachment;{_FOLD}filename="{name}"'
    pieces = list(_percent_pieces(name))
    if len(pieces) == 1:
        return f"attachment;{_FOLD}filename*=utf-8''{pieces[0]}"
    first, *others = pieces
    lines = [f"filename*0*=utf-8''{first}"]
    lines += [f"filename*{number}*={piece}" for number, piece in enumerate(others, start=1)]
    return f"attachment;{_FOLD}" + f";{_FOLD}".join(lines)


def message_id(own_id: str, domain: str) -> str:
    """Write the Message-ID for our own id: always the same, and different for different ids."""
    token = "".join(_token_piece(character) for character in own_id)
    if len(token) > _TOKEN_LENGTH:
        token = hashlib.sha256(own_id.encode("utf-8", "surrogatepass")).hexdigest()
    return f"<{token}@{domain}>"


def _token_piece(character: str) -> str:
    if _TOKEN_CHARACTER.fullmatch(character):
        return character
    return "".join(f"={byte:02X}" for byte in character.encode("utf-8", "surrogatepass"))


def _is_plain(text: str) -> bool:
    """Whether the text may be written as it is: readers would decode what looks like an encoded word."""
    return (
        len(text) <= _PLAIN_LENGTH
        and _PRINTABLE.fullmatch(text) is not None
        and "=?" not in text
        and text == text.strip()
    )


def _encoded_words(text: str) -> str:
    words = (b64encode(chunk).decode("ascii") for chunk in _whole_characters(text, _WORD_BYTES))
    return _FOLD.join(f"=?utf-8?b?{word}?=" for word in words)


def _whole_characters(text: str, size: int) -> Iterator[bytes]:
    """Cut the text's UTF-8 into chunks; a character is never torn (RFC 2047, section 5)."""
    chunk = b""
    for character in text:
        encoded = character.encode()
        if len(chunk) + len(encoded) > size:
            yield chunk
            chunk = b""
        chunk += encoded
    yield chunk


def _percent_pieces(name: str) -> Iterator[str]:
    piece = ""
    for character in name:
        encoded = quote(character, safe="")
        if len(piece) + len(encoded) > _PARAMETER_LENGTH:
            yield piece
            piece = ""
        piece += encoded
    yield piece
