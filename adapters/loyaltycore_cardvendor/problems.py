"""Problem documents (RFC 9457), raised as errors and written by the server."""

from __future__ import annotations

from typing import Any

TITLES = {
    "malformed": "The request cannot be read",
    "invalid_request": "The request is not valid",
    "unauthorized": "The token is missing or unknown",
    "insufficient_funds": "The account is exhausted",
    "not_found": "There is no such order",
    "no_such_path": "There is nothing at this path",
    "method_not_allowed": "The method is not allowed here",
    "idempotency_key_reused": "The key was used for other content",
    "reference_in_use": "The reference was used before",
    "in_progress": "A call with this key is being worked on",
    "too_late": "The order can no longer be cancelled",
    "length_required": "Content-Length is missing",
    "too_large": "The body is too large",
    "unsupported_media_type": "The body must be application/json",
    "unknown_product": "The design is unknown",
    "unknown_cursor": "The cursor was given elsewhere",
    "throttled": "Too many requests",
    "internal": "Something broke",
    "unavailable": "Out of service",
}


class Problem(Exception):
    """An answer that is not a success."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str = "",
        headers: dict[str, str] | None = None,
        **members: Any,
    ) -> None:
        self.status = status
        """The HTTP status."""
        self.code = code
        """A word of the contract."""
        self.detail = detail
        self.headers = headers or {}
        """Further headers of the answer."""
        self.members = members
        """Further members of the document."""
        super().__init__(f"{status} {code}")

    def document(self) -> dict[str, Any]:
        """The problem as JSON data."""
        found: dict[str, Any] = {
            "type": f"urn:card-vendor:problem:{self.code}",
            "title": TITLES.get(self.code, self.code),
            "status": self.status,
            "code": self.code,
        }
        return found | ({"detail": self.detail} if self.detail else {}) | self.members
