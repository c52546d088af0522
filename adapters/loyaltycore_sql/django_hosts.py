"""A transaction of Django: what of it may be kept.

Django has a mark for a transaction that must not be kept, and rolls such a one back in silence at the end of its
`atomic` block. Here that end raises as well, unless an exception tells already.
"""

from __future__ import annotations

import sys
from typing import Any, Final

from loyaltycore.errors import StorageError
from loyaltycore_sql.host_transactions import HostTransaction

_WATCH: Final = "_loyaltycore_watch"


class DjangoTransaction(HostTransaction):
    """The `atomic` blocks that are open on the connection of this thread."""

    def __init__(self, wrapper: Any) -> None:
        super().__init__()
        self._wrapper = wrapper
        self._outermost = wrapper.atomic_blocks[0]
        self._context = sys.exc_info()[1]
        self._writes: set[tuple[tuple[str | None, ...], object]] = set()
        self._spoiled_after: tuple[str | None, ...] = ()
        self._refusal: StorageError | None = None

    @property
    def ended(self) -> bool:
        """Whether Django has ended it."""
        blocks = self._wrapper.atomic_blocks
        return not blocks or blocks[0] is not self._outermost

    @property
    def cause(self) -> BaseException | None:
        """What went wrong; Django's mark goes when it has rolled back to a savepoint."""
        if self.ended or not self._wrapper.needs_rollback:
            return None
        return self._wrapper.rollback_exc or StorageError("the application has marked it for rollback")

    def spoil(self, cause: BaseException) -> None:
        """Make sure that it is not kept."""
        if self.ended or self._wrapper.needs_rollback:
            return
        self._wrapper.rollback_exc = cause
        self._wrapper.set_rollback(True)
        # A test case rolls its own blocks back in any case.
        if not self._wrapper.atomic_blocks[-1]._from_testcase:  # noqa: SLF001  Django has no public way to tell
            self._spoiled_after = tuple(self._wrapper.savepoint_ids)
            self._refusal = self.refusal("nothing of it was kept")

    def note_write(self, block: object) -> None:
        """Remember that something is being written."""
        self._writes.add((tuple(self._wrapper.savepoint_ids), block))

    def stands(self, block: object) -> bool:
        """Whether something that was written has not been rolled back."""
        return any(writer is block for _, writer in self._writes)

    def rolled_back(self, sid: str | None = None) -> None:
        """Django has rolled back: everything, or what was done after a savepoint.

        Raises:
            StorageError: What was rolled back had failed half way, and no exception is under way that says so.
        """
        self.forget_seen()
        self._writes = {each for each in self._writes if sid is not None and sid not in each[0]}
        if sid is not None and sid not in self._spoiled_after:
            return
        refusal, self._refusal = self._refusal, None
        under_way = sys.exc_info()[1]
        if refusal is not None and (under_way is None or under_way is self._context):
            raise refusal


class _Watch:
    """Hears what Django rolls back on one connection."""

    def __init__(self, wrapper: Any) -> None:
        self.current: DjangoTransaction | None = None
        self._wrapper = wrapper
        wrapper.rollback = self._rollback
        wrapper.savepoint_rollback = self._savepoint_rollback

    def _rollback(self) -> None:
        current, self.current = self.current, None
        type(self._wrapper).rollback(self._wrapper)
        if current is not None:
            current.rolled_back()

    def _savepoint_rollback(self, sid: str) -> None:
        type(self._wrapper).savepoint_rollback(self._wrapper, sid)
        if self.current is not None and not self.current.ended:
            self.current.rolled_back(sid)


def transaction_on(wrapper: Any) -> DjangoTransaction:
    """The transaction that Django has under way on a connection, inside an `atomic` block."""
    watch: _Watch | None = wrapper.__dict__.get(_WATCH)
    if watch is None:
        watch = _Watch(wrapper)
        wrapper.__dict__[_WATCH] = watch
    if watch.current is None or watch.current.ended:
        watch.current = DjangoTransaction(wrapper)
    return watch.current


class OwnTransaction(HostTransaction):
    """A transaction that the library has begun through Django, and ends itself."""

    failure = "a verb of this transaction failed and was not heeded"

    def __init__(self, *, is_outermost: bool) -> None:
        super().__init__()
        self.is_own = is_outermost
        self._cause: BaseException | None = None

    @property
    def ended(self) -> bool:
        """Never while it is used."""
        return False

    @property
    def cause(self) -> BaseException | None:
        """What went wrong."""
        return self._cause

    def spoil(self, cause: BaseException) -> None:
        """Make sure that it is not kept."""
        self._cause = self._cause or cause

    def note_write(self, block: object) -> None:
        """Nothing is to be remembered."""

    def stands(self, _block: object) -> bool:
        """Whoever leaves it with an exception rolls it back."""
        return False
