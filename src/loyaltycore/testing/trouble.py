"""What goes wrong at the other side while an adapter works, in the same words for all ports."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from enum import Enum
from typing import Final, TypeAlias

import pytest

from loyaltycore.testing.suite import Lacks

WAIT: Final = 40
"""Seconds for which the other side asks to be left alone in `Trouble.ASK_TO_WAIT`."""


class Trouble(Enum):
    """What the other side does as long as a block lasts."""

    REFUSE = "refuse"
    """It refuses for good what the trouble is about: this recipient, this number, this order."""
    ASK_TO_WAIT = "ask_to_wait"
    """It takes nothing and asks to be tried again after `WAIT` seconds: status 429 with ``Retry-After``, or its like."""
    FAIL = "fail"
    """It takes nothing and says that it has failed: status 500, or its like."""
    SHUT_OUT = "shut_out"
    """It does not let the adapter in: the password or the key is not the right one."""
    BREAK_BEFORE = "break_before"
    """The connection breaks before anything has been taken."""
    LOSE_ANSWER = "lose_answer"
    """It takes what it is given, and the connection breaks before its answer has come."""
    BUSY = "busy"
    """Somebody else holds what is needed and does not let go."""


Cause: TypeAlias = Callable[[Trouble], AbstractContextManager[object] | Lacks]

MANY: Final = 12
"""Failures in a row after which an adapter might give up."""


def possible(cause: Cause, *wanted: Trouble) -> Iterator[tuple[Trouble, AbstractContextManager[object]]]:
    """Those of some troubles that the other side can have; the test is skipped if it can have none."""
    reasons: list[str] = []
    for trouble in wanted:
        made = cause(trouble)
        if isinstance(made, Lacks):
            reasons.append(made.reason)
        else:
            yield trouble, made
    if len(reasons) == len(wanted):
        pytest.skip(reasons[0])


@contextmanager
def troubled(made: AbstractContextManager[object] | Lacks) -> Iterator[None]:
    """Run the block in trouble; the test is skipped where the other side cannot have it."""
    if isinstance(made, Lacks):
        pytest.skip(made.reason)
    with made:
        yield
