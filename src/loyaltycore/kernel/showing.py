"""What a value shows of itself in logs, traces and consoles: enough to find it, nothing about a person."""

from __future__ import annotations

from collections.abc import Callable


def showing(*names: str) -> Callable[[object], str]:
    """Make a ``__repr__`` that shows a few attributes and hides all others.

    Args:
        *names: Attributes that say nothing about a person, such as an id.

    Example:
        >>> class Guest:
        ...     id, phone = "g1", "+491701234567"
        ...     __repr__ = showing("id")
        >>> Guest()
        Guest(id='g1', ...)
    """

    def represent(value: object) -> str:
        shown = [f"{name}={getattr(value, name)!r}" for name in names]
        return f"{type(value).__name__}({', '.join([*shown, '...'])})"

    return represent
