"""The small examples run, and end as their reader expects."""

from __future__ import annotations

import re
from pathlib import Path

from tests.docs.pages import ROOT
from tests.examples.running import TEXT, assert_shown, run


def test_the_first_card(tmp_path: Path) -> None:
    """The tutorial's script ends with an ordered card, its costs and its expected dispatch, and leaves nothing behind."""
    ended = run("first_card.py", tmp_path)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert_shown({"first_card.py": ended.stdout})
    assert re.search(r"Erika Mustermann, customer 0000018, has ordered the card \d{16}\.", ended.stdout)
    assert "costs 2.95 EUR" in ended.stdout
    assert re.search(r"dispatched on \d{4}-\d\d-\d\d, and is ordered for now", ended.stdout)
    assert "Waiting to be sent: 2 messages." in ended.stdout
    assert not list(tmp_path.iterdir())


def test_presenting_cards(tmp_path: Path) -> None:
    """At the till a good card leads to its customer, on its last day, too; every other one is refused for its own reason."""
    ended = run("presenting_cards.py", tmp_path)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert_shown({"presenting_cards.py": ended.stdout})
    answers = [(line[:11].strip(), line[12:]) for line in ended.stdout.splitlines()]
    assert [
        (title, answer.startswith("yes: "), answer.rpartition("(")[2].rstrip(")"))
        for title, answer in answers
    ] == [
        ("active", True, "yes: Erika Mustermann, customer 0000018"),
        ("ordered", False, "card.not_active"),
        ("lost", False, "card.invalid"),
        ("cancelled", False, "card.cancelled"),
        ("mistyped", False, "card.unknown"),
        ("last day", True, "yes: Lise Mustermann, customer 0000034"),
        ("day after", False, "card.expired"),
    ]


def test_writing_invoices(tmp_path: Path) -> None:
    """A capability of the shop's own is played through: options, keys, outbox, step, selection and refusals."""
    ended = run("write_invoices.py", tmp_path)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert_shown({"write_invoices.py": ended.stdout})
    for line in (
        "days to pay: 14 in a session that was open, 30 in one that came after",
        "2026-00002: 12.50 EUR, although the till asked twice",
        "handed over: 4, of which mails: 2",
        "the step keeps: 2026-00003",
        "overdue invoice is yes: Otto",
        "invoice 2026-00002 is paid (write a new invoice) (invoice.not_open)",
        "invoices: 1 open, 2 paid, 0 cancelled",
    ):
        assert line in ended.stdout
    assert not list(tmp_path.iterdir())


def test_knowing_the_customer(tmp_path: Path) -> None:
    """Options, reminders, a new mandatory step, a reload and a blocked offer come out as the manual says."""
    ended = run("know_the_customer.py", tmp_path)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert_shown({"know_the_customer.py": ended.stdout})
    for line in (
        "fields watched by the session opened before: 0",
        "in the form, marked red:   Postal address, E-mail address, Mobile number, Privacy statement",
        "still missing:             Mobile number, Privacy statement",
        "reloaded once:  2 processes changed, 2 steps added",
        "completing the offer: no, offer.mandatory_steps_open",
        "then: third-party, assigned by anna; the process is completed",
        "Otto Mustermann: Postal address, E-mail address, Mobile number, Privacy statement",
        "fits: Erika Mustermann",
    ):
        assert line in ended.stdout
    assert not list(tmp_path.iterdir())


def test_cleaning_up(tmp_path: Path) -> None:
    """Two tables come together: doubles are found, compared in a form, merged, one taken back, one exported and erased."""
    ended = run("clean_up.py", tmp_path, "--form", "form.html")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert_shown({"clean_up.py": ended.stdout})
    for line in (
        "shop.csv: 2 added, 3 known already",
        "line 4 is customer 1004: last_name, first_name, birth_date, phones; filled email",
        "Hans Müller, father and son, are two: 2 pairs are left",
        "Erika Mustermann = Erika Musterman: took over E-mail address",
        "Anna Schmidt and Anna Huber are two again, 0 conflicts",
        "erased by anna: customer 1001; left are",
    ):
        assert line in ended.stdout
    form = (tmp_path / "form.html").read_text("utf-8")
    for cell in ("Musterman", "<b>erika@example.org</b>", "likely", "nothing"):
        assert cell in form
    assert [each.name for each in tmp_path.iterdir()] == ["form.html"]


def test_simulating_a_program(tmp_path: Path) -> None:
    """Two programs on the same sales: a table, and a chart like the one that the page shows."""
    ended = run("simulate_program.py", tmp_path, "--chart", "owed.svg")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert_shown({"simulate_program.py": ended.stdout})
    kept = ROOT / "docs" / "images" / "simulated-club.svg"
    drawn, shown = (
        re.findall(r'viewBox="[^"]*"|<rect|>[^<>\s]+<', path.read_text("utf-8"))
        for path in (tmp_path / "owed.svg", kept)
    )
    assert drawn == shown
    assert ">2027-12<" in drawn


def test_the_page_shows_no_other_script() -> None:
    """What the page shows is compared with a run, here or where all cards are ordered."""
    small = {
        "first_card.py",
        "presenting_cards.py",
        "write_invoices.py",
        "know_the_customer.py",
        "clean_up.py",
    }
    assert TEXT.scripts() == {*small, "simulate_program.py", "order_cards/run.py", TEXT.MAIL}


def test_what_changes_from_run_to_run_is_left_out() -> None:
    """Card numbers, and dates in either form; a customer number or an amount stays."""
    assert TEXT.lasting("7415282101894531 0000018 2026-01-31 31.01.2026 2.95 EUR") == (
        "0000000000000000 0000018 0000-00-00 00.00.0000 2.95 EUR"
    )
