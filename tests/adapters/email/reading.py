"""Reading what arrived: by the standard library's parser, and by a second one that is short and knows no mercy."""

from __future__ import annotations

import base64
import quopri
import re
from collections.abc import Mapping
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import cached_property
from typing import Any, cast
from urllib.parse import unquote

from attrs import define

WORD = re.compile(r"=\?utf-8\?([bq])\?([^?]*)\?=", re.IGNORECASE)
LONGEST_LINE = 998
LONGEST_WORD = 75
LONGEST_FOLDED = 78


@define(slots=False)
class Arrived:
    """A mail as a server stored it, and the envelope that it came in."""

    raw: bytes
    envelope: Mapping[str, Any]

    @cached_property
    def message(self) -> EmailMessage:
        """Parsed by the standard library."""
        return cast("EmailMessage", message_from_bytes(self.raw, policy=default))

    @cached_property
    def headers(self) -> list[tuple[str, str]]:
        """Names and unfolded values of the top, as octets have it."""
        return read_headers(self.raw)

    def header(self, name: str) -> str:
        """The value of the one header with this name, encoded words decoded."""
        values = [value for found, value in self.headers if found.lower() == name.lower()]
        assert len(values) == 1, f"{name} is there {len(values)} times"
        return decode_words(values[0])

    @cached_property
    def body(self) -> str:
        """The body of a mail that has one part, decoded by its transfer encoding."""
        head, _, body = self.raw.partition(b"\r\n\r\n")
        encoding = dict(read_headers(head))["Content-Transfer-Encoding"]
        decode = {"base64": base64.b64decode, "quoted-printable": quopri.decodestring, "7bit": bytes}[
            encoding
        ]
        return decode(body).decode("utf-8")


def read_headers(raw: bytes) -> list[tuple[str, str]]:
    """Split the head of a message at its line ends alone."""
    head = raw.partition(b"\r\n\r\n")[0].decode("utf-8")
    lines = re.sub(r"\r\n(?=[ \t])", "", head).removesuffix("\r\n").split("\r\n")
    return [(name, value.removeprefix(" ")) for name, _, value in (line.partition(":") for line in lines)]


def decode_words(value: str) -> str:
    """Decode encoded words; blanks between two of them do not count (RFC 2047, section 6.2)."""
    joined = re.sub(r"(\?=)[ \t]+(?==\?)", r"\1", value)
    return WORD.sub(_decode_word, joined)


def _decode_word(match: re.Match[str]) -> str:
    assert len(match[0]) <= LONGEST_WORD
    octets = match[2].encode()
    decoded = (
        base64.b64decode(octets) if match[1].lower() == "b" else quopri.decodestring(octets, header=True)
    )
    # Each word is decoded alone, so that a torn character is an error.
    return decoded.decode("utf-8")


def file_name(disposition: str) -> str:
    """The file name of a Content-Disposition: plain, or by RFC 2231, which may be cut into pieces."""
    plain = re.search(r'filename="([^"]*)"', disposition)
    if plain:
        return plain[1]
    pieces = re.findall(r"filename(?:\*(\d+))?\*=([^;\s]*)", disposition)
    assert [int(number or 0) for number, _ in pieces] == list(range(len(pieces)))
    return unquote("".join(piece for _, piece in pieces).removeprefix("utf-8''"), errors="strict")


def assert_clean_wire(raw: bytes) -> None:
    """Lines end in CRLF and in nothing else, none is too long, and there is no NUL."""
    assert raw.endswith(b"\r\n")
    for line in raw.removesuffix(b"\r\n").split(b"\r\n"):
        assert b"\r" not in line
        assert b"\n" not in line
        assert b"\x00" not in line
        assert len(line) <= LONGEST_LINE
