"""JSON as the contract means it: no duplicate names, no NaN, no surprise in size or depth."""

from __future__ import annotations

import hashlib
import json
from typing import Any, NoReturn


class NotStrict(Exception):
    """A body that is not one JSON object as the contract means it."""


def parse_object(body: bytes) -> dict[str, Any]:
    """Read one JSON object.

    Raises:
        NotStrict: It is not JSON, not UTF-8, not an object, repeats a name, has a number that JSON does not know, or is
            nested too deeply.
    """
    try:
        value = json.loads(body.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant)
    except RecursionError:
        raise NotStrict("nested too deeply") from None
    except ValueError as error:
        raise NotStrict(f"no JSON: {error}") from None
    if not isinstance(value, dict):
        raise NotStrict("not an object")
    return value


def dump(value: Any) -> bytes:
    r"""Write JSON that survives every gateway: ASCII, so that not even a lone surrogate makes it fail."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False).encode("ascii")


def digest(value: Any) -> str:
    """SHA-256 of the canonical form of RFC 8785, which for texts, lists and objects is sorted `json`."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _no_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON number")
