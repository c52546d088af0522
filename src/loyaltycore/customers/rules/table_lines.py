"""From the bytes of a table file to numbered lines of text.

A file is read in portions, never as a whole. A fault of a line (bytes that are not text, a NUL, too many bytes) is
noted on the line and stops nothing.

A byte order mark names the encoding. Without one, lines that are not ASCII decide: in the first portion those that are
UTF-8 against those that are not; if that portion is all ASCII, the first such line after it. Text that is not UTF-8 is
taken for Windows-1252, which is what German shop software writes.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import BinaryIO, Final, NamedTuple

from loyaltycore.errors import Fault, InvalidInput
from loyaltycore.kernel.given import text_of
from loyaltycore.kernel.validation import Faults

MAX_LINE_BYTES: Final = 65_536
"""Longest physical line, in bytes of the file (of its UTF-8 form where the file is UTF-16)."""

_PORTION: Final = 65_536
_LONGEST_NAME: Final = 60
_MOST_EMPTY: Final = 100_000
"""How many portions may be empty, one after another."""
_UTF_16: Final = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}

# Names of Python for encodings that say nothing but that there is a byte order mark, which is looked for anyway.
_PLAIN: Final = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le"}

# Files that people take for tables: ZIP (.xlsx, .ods), OLE (.xls), PDF.
_OTHER_FILES: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")


class Line(NamedTuple):
    """One physical line."""

    number: int
    """Counted from 1."""
    text: str
    """With its line ending; wrong characters are replaced where `fault` is set, and too long a line is
    empty."""
    fault: str = ""
    """``undecodable``, ``nul_character``, ``line_too_long``, or empty."""


class LineSource(Iterator[Line]):
    """The lines of one file, each of them once."""

    def __init__(self, stream: BinaryIO | Iterable[bytes], encoding: str | None) -> None:
        """Read the first portion and find the encoding.

        Raises:
            InvalidInput: The stream gives no bytes, the file is no text, or the encoding is not known.
        """
        portions = _portions(stream)
        head = next(portions, b"")
        self._open = encoding is None
        with Faults() as faults:
            self.encoding = "utf-8" if encoding is None else read_encoding(faults, encoding)
        """``utf-8``, ``cp1252``, ``utf-16-le``, ``utf-16-be``, or the one that was given. It is ``utf-8`` as
        long as all is ASCII, and may then still turn into ``cp1252``."""
        if head.startswith(_OTHER_FILES):
            message = "is a spreadsheet, an archive or a PDF, not a text table: save it as CSV"
            raise InvalidInput([Fault("file", "not_text", message)])
        self._lines = enumerate(_split(self._as_text_bytes(head, portions)), start=1)

    def __next__(self) -> Line:
        number, raw = next(self._lines)
        if raw is None:
            return Line(number, "", "line_too_long")
        text, fault = self._decoded(raw)
        return Line(number, text, fault or ("nul_character" if "\0" in text else ""))

    def _as_text_bytes(self, head: bytes, portions: Iterator[bytes]) -> Iterator[bytes]:
        """Take the byte order mark off, settle the encoding as far as the head can, and turn UTF-16 into UTF-8."""
        if head.startswith(codecs.BOM_UTF8):
            self.encoding, self._open = "utf-8", False
            head = head.removeprefix(codecs.BOM_UTF8)
        elif head[:2] in _UTF_16:
            self.encoding, self._open = _UTF_16[head[:2]], False
            head = head[2:]
        if self.encoding.startswith("utf-16"):
            return _utf_8(chain([head], portions), self.encoding)
        if self._open:
            # A portion of full size may cut its last line in a character; a shorter one is the whole file.
            lines = head.splitlines()
            self._settle(lines[:-1] if len(head) == _PORTION else lines)
        return chain([head], portions)

    def _settle(self, lines: Iterable[bytes]) -> None:
        """Choose between UTF-8 and Windows-1252 by the lines that are not ASCII; if there are none, leave it open."""
        verdicts = [_is_utf_8(line) for line in lines if not line.isascii()]
        if verdicts:
            self._open = False
            self.encoding = "utf-8" if 2 * sum(verdicts) > len(verdicts) else "cp1252"

    def _decoded(self, raw: bytes) -> tuple[str, str]:
        if self._open and not raw.isascii():
            self._settle([raw])
        codec = "utf-8" if self.encoding.startswith("utf-16") else self.encoding
        try:
            return raw.decode(codec), ""
        except UnicodeError:
            return raw.decode(codec, "replace"), "undecodable"


def _portions(stream: BinaryIO | Iterable[bytes]) -> Iterator[bytes]:
    """Read in portions of one size, whatever size they come in: the answer must not depend on it."""
    read = getattr(stream, "read", None)
    # A binary file is an iterable of lines too, and a line may be of any length: so it is read.
    given = (
        iter(lambda: read(_PORTION), b"")
        if callable(read)
        else [stream]
        if isinstance(stream, bytes)
        else stream
    )
    gathered, idle = bytearray(), 0
    for portion in given if issubclass(type(given), Iterable) else [given]:
        if not isinstance(portion, bytes | bytearray):
            raise InvalidInput(
                [Fault("stream", "wrong_type", "must give bytes: open the file in binary mode")]
            )
        idle = 0 if portion else idle + 1
        if idle > _MOST_EMPTY:
            raise InvalidInput([Fault("stream", "no_end", "gives nothing but empty portions")])
        gathered += portion
        while len(gathered) >= _PORTION:
            yield bytes(gathered[:_PORTION])
            del gathered[:_PORTION]
    if gathered:
        yield bytes(gathered)


def _split(portions: Iterable[bytes]) -> Iterator[bytes | None]:
    """Cut into physical lines with their endings (CR LF, LF or CR); None stands for a line that is too long."""
    rest, too_long = b"", False
    for portion in portions:
        lines = (rest + portion).splitlines(keepends=True)
        # What ends in CR may go on with LF in the next portion.
        rest = lines.pop() if lines and not lines[-1].endswith(b"\n") else b""
        for line in lines:
            yield None if too_long or len(line) > MAX_LINE_BYTES else line
            too_long = False
        if len(rest) > MAX_LINE_BYTES and not rest.endswith(b"\r"):
            rest, too_long = b"", True
    if too_long or rest:
        yield None if too_long or len(rest) > MAX_LINE_BYTES else rest


def _utf_8(portions: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """Turn UTF-16 into UTF-8; half a character becomes bytes that no decoder takes, so that its line is noted."""
    decoder = codecs.getincrementaldecoder(encoding)("surrogatepass")
    for portion in portions:
        yield decoder.decode(portion).encode("utf-8", "surrogatepass")
    if decoder.getstate()[0]:
        yield b"\xff"


def _is_utf_8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeError:
        return False
    return True


def read_encoding(faults: Faults, name: object) -> str:
    """Read the name of an encoding, and return it as Python names it."""
    try:
        codec = codecs.lookup((text_of(name) or "")[:_LONGEST_NAME]).name
        codec = _PLAIN.get(codec, codec)
        # Lines are cut before they are decoded, so delimiters and line ends must be their own bytes.
        if codec in _UTF_16.values() or '";,\t\r\n'.encode(codec) == b'";,\t\r\n':
            return codec
    except (LookupError, ValueError, TypeError):
        pass
    faults.note("encoding", "unknown_encoding", "must be a text encoding that contains ASCII, or UTF-16")
    return "utf-8"
