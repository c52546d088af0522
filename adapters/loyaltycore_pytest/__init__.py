"""The pytest plug-in: the assertions of the shipped conformance tests say what they compared, and a summary what was left out.

pytest finds it by its entry point and loads it before anything else, so it imports nothing of the library: a coverage
measurement that begins later would not see imports this early.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Generator, Iterator, Sequence
from typing import Any

import pytest

pytest.register_assert_rewrite("loyaltycore.testing")

_SUITE = "loyaltycore.testing.suite"


def pytest_pycollect_makeitem(name: str, obj: object) -> None:
    """Refuse a conformance class that was changed after it was defined, or taken out of the run.

    Raises:
        TypeError: It says what was changed.
    """
    if isinstance(obj, type) and _is_an_authors(obj):
        sys.modules[_SUITE].check_unchanged(obj)
        if obj.__dict__.get("__test__") is not True:
            raise TypeError(f"{name} was taken out of the run: delete the class, or let it be tested")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """Note on a report which conformance class it is about, and how many tests that has."""
    report = yield
    cls = getattr(item, "cls", None)
    if isinstance(cls, type) and _is_an_authors(cls) and item.parent is not None:
        report.loyaltycore = item.parent.nodeid, len(sys.modules[_SUITE].listed_tests(cls))
    return report


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say of each conformance class what was not shown, and why."""
    told: defaultdict[tuple[str, int], dict[str, str]] = defaultdict(dict)
    for reports in terminalreporter.stats.values():
        for report in reports:
            about = getattr(report, "loyaltycore", None)
            if about is not None:
                outcomes = told[tuple(about)]
                # A test may have several reports: that of its teardown passes even if nothing was shown.
                outcomes[report.nodeid] = outcomes.get(report.nodeid, "") or _outcome(report)
    lines = [
        line for (name, total), outcomes in sorted(told.items()) for line in _lines(name, total, outcomes)
    ]
    if lines:
        terminalreporter.section("conformance: not shown")
        for line in lines:
            terminalreporter.write_line(line)


def _is_an_authors(cls: type) -> bool:
    suite = sys.modules.get(_SUITE)
    return suite is not None and issubclass(cls, suite.Conformance) and cls not in suite.KIT


def _outcome(report: Any) -> str:
    """Why a test has shown nothing, or nothing if it has."""
    if hasattr(report, "wasxfail"):
        return "a failure was expected by `xfail`"
    if report.skipped:
        return f"skipped: {str(report.longrepr[2]).removeprefix('Skipped: ')}"
    return "failed" if report.failed else ""


def _lines(name: str, total: int, outcomes: dict[str, str]) -> Iterator[str]:
    reasons = Counter(outcome for outcome in outcomes.values() if outcome)
    reasons["not run"] = total - len(outcomes)
    shown = total - sum(reasons.values())
    if shown < total:
        yield f"{name}: {shown} of {total} shown"
        yield from (f"  {count} {reason}" for reason, count in _sorted(reasons) if count)


def _sorted(reasons: Counter[str]) -> Sequence[tuple[str, int]]:
    return sorted(reasons.items(), key=lambda found: (-found[1], found[0]))
