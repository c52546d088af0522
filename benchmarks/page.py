"""The page of results: a table for each part, with what it stands for and the day on which it was measured."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from benchmarks.timing import Result

PAGE = Path(__file__).parent.parent / "docs" / "reference" / "benchmarks.md"
HEAD = """# Benchmarks

Made by `python -m benchmarks`; `python -m benchmarks storage` measures one part afresh. Every figure stands beside a
peer or a bare driver, measured in the same run and in turns, so that whatever slows the machine down slows down both;
where they take turns, the best round of each counts. Python's garbage collector waits while something is timed. Only the
ratios mean something on another machine.
"""
WORDS = {
    "calendar": (
        "Working days",
        "The next working day after each day from 2020 to 2029, in processor time. Both peers give the same answers on all of them, or the "
        "run fails.",
    ),
    "start": (
        "Starting a program",
        "Processor time of whole interpreters, without what an empty one takes, with bytecode as an installed library has "
        "it. A capability is loaded when it is first used: the third line opens customers and cards, to show what that "
        "hides.",
    ),
    "storage": (
        "The storage",
        "Beside what a careful programmer writes with SQLAlchemy Core for these two tables alone: the same columns, "
        "lookup keys, version check, and frozen records out. Each verb is called 300 times in one unit of work.",
    ),
    "import": (
        "Importing customers",
        "Files of 5,000 customers whom nobody knows, by `customers.import_file` in transactions of 500, in rows a second. "
        "Beside it the bare driver writes what the import has written, customers, lookup keys and activities, by "
        "`executemany` into the same tables with as many commits; it reads no file, checks nothing and looks for nobody. On "
        "SQLite in processor time, on PostgreSQL by the clock. The memory is what a process takes that does nothing but the "
        "import. Before it was reworked, the import took 310 µs of the processor for a row of a clean file on SQLite and 325 for "
        "one of a messy file, where it takes 154 and 179 since, in turns on one machine, each the best of twenty; on PostgreSQL, "
        "a row of the clean file took 418 µs by the clock and takes 291. At that time it did not ask who may be the same, and "
        "wrote two lookup keys fewer for each customer.",
    ),
    "outbox": (
        "Delivering",
        "Card orders from `cards.order` to the receipt of the card vendor, a process of its own, over HTTP: one clerk orders "
        "while the workers deliver. Beside one worker stands the bare POST with nothing around it.",
    ),
    "search": (
        "Finding one among many",
        "The median of 60 different searches. Tests look at the query plans of every way to find something, on SQLite, "
        "PostgreSQL and MariaDB.",
    ),
    "completeness": (
        "How complete customer data are",
        "`completeness.report` and `completeness.each_gap` in portions of 500, beside one streamed query that reads the same "
        "columns into the same records and counts the same by hand; both count the same, or the run fails. On SQLite in "
        "processor time. The seeds of a thousand customers are copied inside the database, which then gathers its "
        "statistics, as a server does by itself after a while. The memory is what a process takes that does nothing but the "
        "report.",
    ),
    "selections": (
        "Selecting customers",
        "A property, a card in use and a date of birth, by `selections.stream` and `selections.count`, beside one query written "
        "by hand for these rows, which is read into the same records; both find the same, or the run fails. On SQLite in "
        "processor time. The seeds of a thousand customers are copied inside the database.",
    ),
    "processes": (
        "Reloading open processes",
        "`processes.reload_open_processes` brings one new step to 100,000 open processes, in transactions of 500. Beside it "
        "stands hand-written SQL that reads and writes the same rows of the same tables as bare JSON: the process with its "
        "version checked, its new lookup key, its line in the activities. On SQLite in processor time.",
    ),
    "limits": (
        "Orders under one limit",
        "`sales.settle` by four processes at the same time, each with 100 orders that are reduced by one promotion: under a limit "
        "that is shared out over sixteen records, beside a limit that is kept in one, and beside no limit at all. By the clock.",
    ),
    "many": (
        "Many uses at once",
        "`programs.use_many` of 500 uses, each of another customer's quota. Beside it stands hand-written SQL that looks for what is known, "
        "and writes the same rows of the same tables as bare JSON in one transaction. On SQLite in processor time.",
    ),
    "programs": (
        "Using programs",
        "`programs.use` of a quota, for 300 customers, each in a transaction of its own. Beside it stands hand-written SQL that reads "
        "and writes the same rows of the same tables as bare JSON: the purse with its version checked, the line of history, the "
        "line in the activities, the trace of the command. On SQLite in processor time.",
    ),
    "codes": (
        "Making codes",
        "`vouchers.generate` of 1,000,000 codes, beside bare rows by `executemany`, a thousand in a transaction, whose codes nobody "
        "could show again. On SQLite in processor time. The memory is what a process takes that does nothing but that.",
    ),
    "ledgers": (
        "Programs beside ledgers",
        "`programs.use` of a quota for 300 customers, each in a transaction of its own, with its history, activities and command trace. Beside "
        "it a guarded UPDATE of one number, which keeps none of that; and a-ledger 0.3, which keeps balanced postings that can be corrected, in a "
        "portfolio for each customer, and knows no lots that expire. On SQLite in processor time.",
    ),
    "liability": (
        "What a program owes",
        "`programs.reports.liability` of 1,000,000 holders in portions of 500, beside one streamed query that reads the same columns into the same "
        "records and adds up the same by hand; both find the same, or the run fails. In the processor time of the program. The purses of two "
        "hundred customers are copied inside the database. The memory is what a process takes that does nothing but the report.",
    ),
    "pricing": (
        "Pricing",
        "An order of 50 lines, 1 to 3 units each, under 1,000 rules, with a verdict for each rule that the order has to do with. "
        "Beside it stands a loop over all rules, lines and units in exact fractions, which the tests hold the engine "
        "against; both find the same, or the run fails. In processor time.",
    ),
    "duplicates": (
        "Comparing a whole base",
        "The first two sets of FEBRL, without the social security number, and 5,000 made-up German customers with families and "
        "fourteen kinds of doubles, which are ours and reported apart: there, a pair of one household counts as wrong. Beside "
        "ours stands Splink called directly, trained on the base itself. FEBRL 1 and 2 are the sets that ours was "
        "developed with: its weights were learnt from them, without being told of a pair, and its keys and bar were chosen in "
        "their sight; Splink is set up as its documentation shows it, with a bar of 0.9. Each runs in a process of its own; the ratio is that of the processor's time.",
    ),
    "merging": (
        "Merging and duplicates",
        "A customer with 30,000 records in three tables is merged into another, with its journal, beside the bare UPDATEs of these tables; on "
        "SQLite in processor time, there also beside `merge_model_instances` of django-extensions and django-super-deduper, which keep no journal "
        "and save record by record, in memory. Then a customer who is about to be entered is compared with all who may be the same.",
    ),
    "privacy": (
        "Export",
        "The archive of a customer with 10,000 activities, beside the same queries by hand, whose rows go into an archive as "
        "the driver gives them: not one is read into its class, and nothing is hidden. In processor time.",
    ),
    "oscar": (
        "Pricing beside django-oscar",
        "An order of 50 lines under 100 offers, each of them ten percent off one article; half of the offers are about "
        "nothing in the order. django-oscar 4.2 has the same offers and the same basket in a SQLite database in memory and "
        "reads them there; ours are a compiled book. Both take off the same, or the run fails. In processor time.",
    ),
    "booking": (
        "Booking",
        "The free beginnings of a resource, every quarter of an hour, beside other ways to the same answer on the same days, in "
        "processor time: a sweep over sorted appointments, an interval tree, interval arithmetic, and the pure functions of "
        "django-appointment with all appointments and with those of the day. All find the same, or the run fails. Then "
        "processes that want the same times, and what they had for each second of processor time, theirs and the server's "
        "together: `planner.book` writes the appointment, its time on the day sheet, the link, the "
        "mail, the counter of the address and the activities; the constraint of PostgreSQL one row, and by hand all these rows "
        "in one transaction, each as a copy of the first, with nothing computed.",
    ),
}
TABLE = """
| what | ours | beside it | ratio | promised | |
|---|---|---|---|---|---|
"""


def line(result: Result) -> str:
    """One row of a table."""
    mark = "" if result.target == "-" else "kept" if result.kept else "MISSED"
    return f"| {result.subject} | {result.ours} | {result.peer} | {result.ratio} | {result.target} | {mark} |"


def write(part: str, lines: Sequence[str], day: date) -> None:
    """Put the table of a part on the page."""
    sections = _sections(PAGE.read_text("utf-8")) if PAGE.exists() else {}
    title, words = WORDS[part]
    cores = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}"
    measured = f"Measured on {day} with Python {platform.python_version()} on {cores}."
    sections[title] = f"{words}\n\n{measured}\n{TABLE}" + "\n".join(lines) + "\n"
    known = (title for title, _ in WORDS.values() if title in sections)
    PAGE.write_text(HEAD + "".join(f"\n## {title}\n\n{sections[title]}" for title in known), "utf-8")


def _sections(text: str) -> dict[str, str]:
    """What stands below each heading."""
    titles = re.split(r"^## (.+)\n\n", text, flags=re.MULTILINE)[1:]
    return {title: body.rstrip("\n") + "\n" for title, body in zip(titles[::2], titles[1::2], strict=True)}
