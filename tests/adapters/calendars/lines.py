"""A calendar file as its lines: read by hand and by `dateutil`, independently of the library that wrote it."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime

from dateutil.tz import tzical


def unfolded(file: bytes) -> list[str]:
    """The lines of a file, each as one; its form is checked on the way."""
    text = file.decode("utf-8")
    assert text.endswith("\r\n")
    raw = text[:-2].split("\r\n")
    assert not [line for line in raw if len(line.encode()) > 75]
    assert not re.search(r"[\x00-\x08\x0a-\x1f\x7f]", "".join(raw))
    lines: list[str] = []
    for line in raw:
        if line.startswith((" ", "\t")):
            lines[-1] += line[1:]
        else:
            lines.append(line)
    return lines


def event_in(file: bytes) -> dict[str, tuple[str, str]]:
    """Parameters and value of each property of the only event."""
    lines = unfolded(file)
    first, last = lines.index("BEGIN:VEVENT"), lines.index("END:VEVENT")
    assert lines.count("BEGIN:VEVENT") == 1
    found = {}
    for line in lines[first + 1 : last]:
        # A colon in quotes belongs to a parameter.
        match = re.fullmatch(r'([A-Z-]+)((?:;[A-Z-]+=(?:"[^"]*"|[^":;,]*))*):(.*)', line)
        assert match, line
        assert match[1] not in found, line
        found[match[1]] = (match[2], match[3])
    return found


def text_of(value: str) -> str:
    """A text without the marks of RFC 5545, 3.3.11."""
    return re.sub(r"\\([nN;,\\])", lambda found: "\n" if found[1] in "nN" else found[1], value)


def instant_of(file: bytes, name: str) -> datetime:
    """A time of the event, by the time zone that is described in the file."""
    parameters, value = event_in(file)[name]
    if value.endswith("Z"):
        assert parameters == ""
        return datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    zone = parameters.removeprefix(";TZID=")
    described = tzical(io.StringIO("\n".join(unfolded(file)))).get(zone.strip('"'))
    local = datetime.strptime(value, "%Y%m%dT%H%M%S").replace(tzinfo=described)
    return local.astimezone(UTC)
