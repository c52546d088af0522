"""`import-customers`: the report, the exit code, and what is kept."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from loyaltycore import cli
from tests.cli.shop import Shop

TABLE = (
    "Vorname;Nachname;E-Mail;Geburtsdatum;Hut;Konfektion\r\n"
    "Jörg;Müller;joerg@example.org;01.02.1970;57;M\r\n"
    "Änne;Köpenick;aenne@@example.org;31.02.1975;55;S\r\n"
    "Erika;Mustermann;erika@example.org;;56\r\n"
    "Zoë;Adler;;12.03.1991;54;S\r\n"
)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A table in Windows-1252, with two rows that are right."""
    path = tmp_path / "kunden.csv"
    path.write_bytes(TABLE.encode("cp1252"))
    return path


@pytest.fixture
def branch_shop(shop: Shop) -> Shop:
    """A shop with a branch."""
    with shop.opened() as loyalty:
        loyalty.session("admin").branches.create("berlin", name="Optik Berlin")
    return shop


def test_says_what_became_of_each_row(branch_shop: Shop, table: Path) -> None:
    """Rejected rows are named with line, column and reason, the others are kept, and the exit code is 1."""
    ended = branch_shop.run("import-customers", str(table), "--branch", "berlin")
    assert ended.returncode == 1
    first, second, *rest = ended.stdout.splitlines()
    assert {first, second} == {
        "line 3, E-Mail: 'aenne@@example.org' is not an e-mail address [bad_email]",
        "line 3, Geburtsdatum: '31.02.1975' is not a date such as 31.12.1980 or 1980-12-31 [bad_date]",
    }
    assert rest == [
        "line 4: has fewer fields than the header [too_few_fields]",
        "4 rows: 2 added, 0 known already, 2 rejected",
        "columns that no field takes: Hut, Konfektion",
    ]
    with branch_shop.opened() as loyalty:
        found = loyalty.session("anna").customers.find().items
    assert [(c.display_name, c.branch_id) for c in found] == [
        ("Zoë Adler", "berlin"),
        ("Jörg Müller", "berlin"),
    ]


def test_a_second_time_adds_nobody(branch_shop: Shop, table: Path) -> None:
    """The same table again finds everybody known; the rows that were wrong are still wrong."""
    branch_shop.run("import-customers", str(table))
    ended = branch_shop.run("import-customers", str(table))
    assert "4 rows: 0 added, 2 known already, 2 rejected" in ended.stdout


def test_a_table_without_faults_ends_with_0(branch_shop: Shop, tmp_path: Path) -> None:
    """The exit code is 0 where every row is kept or known."""
    path = tmp_path / "one.csv"
    path.write_text("Nachname\nAdler\n", "utf-8")
    assert branch_shop.run("import-customers", str(path)).returncode == 0


def test_a_dry_run_keeps_nothing(branch_shop: Shop, table: Path) -> None:
    """A dry run tells the same and leaves nobody behind."""
    ended = branch_shop.run("import-customers", str(table), "--dry-run")
    assert "4 rows: 2 would be added, 0 known already, 2 rejected" in ended.stdout
    with branch_shop.opened() as loyalty:
        assert loyalty.session("anna").customers.count() == 0


def test_columns_can_be_named_and_ignored(branch_shop: Shop, table: Path) -> None:
    """A header is given its field, another is switched off, and a header may hold the mark itself."""
    text = TABLE.replace("Konfektion", "Größe=Nr").encode("cp1252")
    table.write_bytes(text)
    ended = branch_shop.run(
        "import-customers",
        str(table),
        "--column",
        "Hut=external_number",
        "--column",
        "Geburtsdatum=",
        "--column",
        "Größe=Nr=notes",
    )
    assert "4 rows: 2 added, 0 known already, 2 rejected" in ended.stdout
    assert "columns that no field takes: Geburtsdatum" in ended.stdout
    with branch_shop.opened() as loyalty:
        zoe = loyalty.session("anna").customers.find(name="Adler").items[0]
    assert (zoe.external_number, zoe.notes, zoe.birth_date) == ("54", "S", None)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere.csv"], "nowhere.csv: No such file or directory"),
        (["{table}", "--branch", "atlantis"], "no branch 'atlantis'"),
        (["{table}", "--column", "Hut"], "--column must be HEADER=FIELD, not 'Hut'"),
        (["{table}", "--column", "Hut=hat"], "columns[Hut] there is no field 'hat'; known are salutation"),
        (["{table}", "--encoding", "klingon"], "encoding must be a text encoding"),
    ],
)
def test_says_in_one_line_what_is_wrong(
    branch_shop: Shop, table: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What cannot be done is said in one line without a trace, and nobody is added."""
    given = (text.format(table=table) for text in arguments)
    assert cli.main(["--config", str(branch_shop.config), "import-customers", *given]) == 2
    complaint = capsys.readouterr().err
    assert said in complaint
    assert len(complaint.splitlines()) == 1
    with branch_shop.opened() as loyalty:
        assert loyalty.session("anna").customers.count() == 0


def test_the_actor_is_recorded(branch_shop: Shop, table: Path) -> None:
    """Who imports is written into the activities of each customer, wherever the option stands."""
    branch_shop.run("import-customers", str(table), "--actor", "anna")
    with branch_shop.opened() as loyalty:
        desk = loyalty.session("boss")
        zoe = desk.customers.find(name="Adler").items[0]
        assert [activity.actor for activity in desk.activities.of_customer(zoe.id).items] == ["anna"]


def test_cells_cannot_write_on_the_terminal(branch_shop: Shop, tmp_path: Path) -> None:
    """What stands in the file is shown with its control characters made visible."""
    path = tmp_path / "evil.csv"
    path.write_text("Nachname,Hut\x1b[2J\x07\nAdler,1\n", "utf-8")
    ended = branch_shop.run("import-customers", str(path))
    assert "\x1b" not in ended.stdout
    assert r"\x1b[2J\x07" in ended.stdout


def test_a_terminal_gets_a_bar(branch_shop: Shop, table: Path) -> None:
    """On a terminal the progress is a bar that ends full, and the report is not mixed into it."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "loyaltycore.cli", "--config", str(branch_shop.config)]
    with os.fdopen(ours, "rb", buffering=0) as terminal:
        ended = subprocess.run(
            [*command, "import-customers", str(table)],
            stdout=subprocess.PIPE,
            stderr=theirs,
            timeout=30,
            check=False,
        )
        os.close(theirs)
        shown = _read_all(terminal)
    assert ended.returncode == 1
    assert f"[{'#' * 30}] 100% 4 rows" in shown
    assert "line 3" not in shown
    assert ended.stdout.decode().startswith("line 3, ")


def _read_all(terminal: object) -> str:
    """Everything that is left; Linux reports the end of a terminal as an error."""
    found = b""
    try:
        while portion := terminal.read(4096):
            found += portion
    except OSError:
        pass
    return found.decode()


def test_rejected_rows_are_mended_and_imported_again(branch_shop: Shop, table: Path, tmp_path: Path) -> None:
    """The file of rejected rows has all of them; once mended it brings the others in, and it is never overwritten."""
    rejected = tmp_path / "rejected.csv"
    branch_shop.run("import-customers", str(table), "--rejected", str(rejected))
    text = rejected.read_text("utf-8-sig")
    assert len(text.splitlines()) == 3
    again = branch_shop.run("import-customers", str(table), "--rejected", str(rejected))
    assert (again.returncode, rejected.read_text("utf-8-sig")) == (2, text)
    rejected.write_text(text.replace("@@", "@").replace("31.02.", "28.02."), "utf-8-sig")
    ended = branch_shop.run("import-customers", str(rejected))
    assert "2 rows: 1 added, 0 known already, 1 rejected" in ended.stdout


def test_says_which_fields_were_left_out_and_who_is_known(branch_shop: Shop, table: Path) -> None:
    """A lenient import names each field that it leaves out; with `--known`, each row of a known customer is told."""
    ended = branch_shop.run("import-customers", str(table), "--lenient")
    assert (
        "line 3, Geburtsdatum: '31.02.1975' is not a date such as 31.12.1980 or 1980-12-31 [bad_date]: left out"
        in ended.stdout.splitlines()
    )
    assert "4 rows: 3 added, 0 known already, 1 rejected" in ended.stdout
    assert "2 faulty fields left out of rows that were added" in ended.stdout
    for arguments, said in (["--known"], True), ([], False):
        ended = branch_shop.run("import-customers", str(table), "--lenient", *arguments)
        assert ("line 2: known by birth date as customer 0000018" in ended.stdout) is said
