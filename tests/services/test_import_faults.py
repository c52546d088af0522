"""Importing customers through a storage that loses commits and connections: the result is the same."""

import pytest

from loyaltycore.errors import CommitUnknown, StorageBusy
from tests.house import build_house
from tests.services.test_import import MIXED, people

BUSY, LOST, UNANSWERED = "busy", "lost", "unanswered"


class Flaky:
    """A storage whose next commits fail: rolled back, lost with the connection, or kept with the answer lost."""

    def __init__(self, storage, failures):
        self._open = storage.transaction
        self._failures = failures
        storage.transaction = self

    def __call__(self, *, read_only=False):
        return self._open(read_only=True) if read_only else _FlakyCommit(self._open(), self._failures)


class _FlakyCommit:
    def __init__(self, context, failures):
        self._context = context
        self._failures = failures

    def __enter__(self):
        return self._context.__enter__()

    def __exit__(self, *error):
        failure = self._failures.pop(0) if self._failures and error[0] is None else None
        if failure is None:
            self._context.__exit__(*error)
            return
        raised = StorageBusy if failure == BUSY else CommitUnknown
        self._context.__exit__(*((None, None, None) if failure == UNANSWERED else (raised, raised(), None)))
        raise raised


@pytest.mark.parametrize(
    "failures",
    [
        [BUSY],
        [LOST],
        [UNANSWERED],
        [BUSY, UNANSWERED, LOST, LOST],
        [LOST, UNANSWERED],
        [BUSY, BUSY, UNANSWERED],
    ],
)
def test_lost_commits_and_deadlocks_change_nothing_in_the_result(failures):
    """A batch that is rolled back runs again; one whose answer is lost is found to be kept: everybody is there once."""
    house = build_house()
    failures = [*failures]
    Flaky(house.loyalty.storage, failures)
    told = []
    report = house.desk.customers.import_file([MIXED], batch_size=3, on_rejected=told.append)
    assert failures == []
    assert (report.added, report.skipped, report.rejected_rows) == (3, 2, 3)
    assert report.rejected == tuple(told)
    assert people(house) == [("17", "Karl Huber"), ("0000018", "Erika Müller"), ("0000026", "Max Muster")]
