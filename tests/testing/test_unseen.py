"""What counts how many liars are caught by tests of others counts no test that is there for a liar itself."""

from __future__ import annotations

from tests.testing.test_liars import COURTS
from tests.testing.unseen import tried


def test_a_liars_own_tests_do_not_count() -> None:
    """A liar is caught by a test of the suite that nobody has written down for it, or it is not caught."""
    expected = COURTS["limiter"].expected
    names = {name for names in expected.values() for name in names.split()}
    found = dict(tried("limiter", 0, len(expected) // 3))
    assert len(found) >= 3
    for name, test in found.items():
        assert test not in expected[name].split()
        assert test in {"", *names}
