"""Reading an archive that an export wrote, and refusing one that would do harm."""

from __future__ import annotations

import json
from pathlib import Path
from typing import IO, Any, Final
from zipfile import BadZipFile, ZipFile, ZipInfo

from loyaltycore.errors import Fault, InvalidInput
from loyaltycore.privacy.rules.export import DOCUMENT, FORMAT, VERSION, CustomerExport
from loyaltycore.storing.codec import from_data

LARGEST_DOCUMENT: Final = 200_000_000
"""In bytes, unpacked."""
MOST_FILES: Final = 10_000


def read_export(source: str | Path | IO[bytes]) -> CustomerExport:
    """Read the document of an archive; the files stay where they are.

    Args:
        source: A path, or the archive opened in binary mode.

    Raises:
        InvalidInput: ``bad_archive``, ``too_many``, ``too_large``, ``bad_json``, ``too_deep`` or ``bad_data``. Nothing is
            unpacked that is larger than the archive may hold, whatever it says about itself.
        OSError: It cannot be opened.
    """
    try:
        with ZipFile(source) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_FILES:
                raise _refused("too_many", f"holds more than {MOST_FILES:,} files")
            text = _document(archive, entries)
    except (BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError, KeyError) as error:
        if isinstance(error, InvalidInput):
            raise
        raise _refused("bad_archive", "is no archive of an export") from error
    return _read(text)


def _document(archive: ZipFile, entries: list[ZipInfo]) -> bytes:
    if [each.filename for each in entries].count(DOCUMENT) != 1:
        raise _refused("bad_archive", f"holds no {DOCUMENT}, or several")
    with archive.open(DOCUMENT) as stream:
        # What the archive says about sizes may be a lie, so only so much is unpacked.
        text = stream.read(LARGEST_DOCUMENT + 1)
    if len(text) > LARGEST_DOCUMENT:
        raise _refused("too_large", f"holds a document of more than {LARGEST_DOCUMENT:,} bytes")
    return text


def _read(text: bytes) -> CustomerExport:
    try:
        data: Any = json.loads(text)
    except RecursionError:
        raise _refused("too_deep", "is nested too deep") from None
    except ValueError as error:
        raise _refused("bad_json", "is no JSON") from error
    export = from_data(data, CustomerExport)
    if (export.format, export.version) != (FORMAT, VERSION):
        raise _refused("bad_data", "is an export of another kind or version")
    return export


def _refused(code: str, message: str) -> InvalidInput:
    return InvalidInput([Fault("source", code, message)])
