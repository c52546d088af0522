"""Importing customers from a file: all of a row or nothing, everybody once, and a report that leaves nobody out."""

import io
from concurrent.futures import ThreadPoolExecutor

import pytest
from attrs import evolve

from loyaltycore.customers.rules.customer import NumberRange
from loyaltycore.customers.rules.import_report import ImportProgress, RejectedRow, SkippedRow
from loyaltycore.errors import InvalidInput
from loyaltycore.memory.storage import MemoryTransaction
from tests.house import build_house, dump

pytestmark = pytest.mark.every_engine

HEADER = "Kd-Nr;Anrede;Vorname;Nachname;E-Mail;Telefon;Geburtsdatum;Schuhgröße\r\n"


def table(*rows, header=HEADER):
    """A file in memory."""
    return (header + "".join(f"{row}\r\n" for row in rows)).encode()


def portions(data, size=100):
    """A file as a stream that gives a little at a time."""
    return (data[i : i + size] for i in range(0, len(data), size))


def people(house):
    """Number and name of everybody."""
    return [
        (customer.number, customer.display_name) for customer in house.desk.customers.find(limit=500).items
    ]


AGREED = {4: {"last_name", "first_name"}, 8: {"last_name", "first_name", "email"}}
"""By line of the file below, the fields for which its skipped rows are taken for known."""


def without_reasons(report):
    """Who was known; the reasons are as they must be."""
    for row in report.duplicates:
        assert {each.field for each in row.reasons if each.weight > 0} == AGREED[row.line]
    return tuple(evolve(row, reasons=()) for row in report.duplicates)


MIXED = table(
    ";Frau;Erika;Müller;erika@example.org;030 1234567;01.02.80;38",
    ";Herr;Max;Muster;;;;",
    ";Herr;Max;Muster;;;;",
    "17;Herr;Karl;Huber;;;;44",
    "17;Frau;Ina;Weiß;;;;",
    ";Frau;;;x@;12;31.02.1980;",
    ";Frau;Erika;Mueller;ERIKA@example.org;;;",
    ";Herr;zu;viele;Felder;;;;;;x",
)


def test_a_file_is_imported(house):
    """Rows are added, recognised or rejected, each exactly once, and the report says which."""
    report = house.desk.customers.import_file(io.BytesIO(MIXED))
    assert (report.rows, report.added, report.skipped, report.rejected_rows) == (8, 3, 2, 3)
    assert people(house) == [("17", "Karl Huber"), ("0000018", "Erika Müller"), ("0000026", "Max Muster")]
    ids = {customer.number: customer.id for customer in house.desk.customers.find().items}
    assert without_reasons(report) == (
        SkippedRow(4, "name", ids["0000026"], "0000026"),
        SkippedRow(8, "email", ids["0000018"], "0000018"),
    )
    assert [(row.line, row.column, row.code) for row in report.rejected] == [
        (6, "Kd-Nr", "number_taken"),
        (7, "Geburtsdatum", "bad_date"),
        (7, "E-Mail", "bad_email"),
        (7, "Telefon", "bad_phone"),
        (7, "Nachname", "required"),
        (9, "", "too_many_fields"),
    ]
    assert report.ignored_columns == ("Schuhgröße",)


def test_importing_a_file_again_adds_nobody(house):
    """The second time everybody is known, and nothing at all is written."""
    first = house.desk.customers.import_file(portions(MIXED))
    before = dump(house.loyalty)
    again = house.desk.customers.import_file(portions(MIXED), batch_size=3)
    assert (again.added, again.skipped) == (0, first.added + first.skipped)
    assert again.rejected == first.rejected
    assert dump(house.loyalty) == before


def test_a_dry_run_says_what_an_import_does_and_keeps_nothing(house):
    """The counts and rejections are those of the import; duplicates inside the file name the earlier line."""
    before = dump(house.loyalty)
    dry = house.desk.customers.import_file([MIXED], batch_size=2, dry_run=True)
    assert dump(house.loyalty) == before
    assert without_reasons(dry) == (
        SkippedRow(4, "name", "", "0000026", 3),
        SkippedRow(8, "email", "", "0000018", 2),
    )
    real = house.desk.customers.import_file([MIXED], batch_size=2)
    assert (dry.rows, dry.added, dry.skipped, dry.rejected) == (
        real.rows,
        real.added,
        real.skipped,
        real.rejected,
    )


def test_each_imported_customer_has_an_activity(house):
    """Who imported whom, and from which line, is on record with every field."""
    house.desk.customers.import_file([MIXED])
    for customer in house.desk.customers.find().items:
        (activity,) = house.desk.activities.of_customer(customer.id).items
        assert (activity.action, activity.actor, activity.branch_id) == (
            "customer.imported",
            "anna",
            "berlin",
        )
        assert activity.comment.startswith("line ")
        changes = {change.field: (change.before, change.after) for change in activity.changes}
        assert changes["last_name"] == (None, customer.last_name)
        assert customer.branch_id == "berlin"


def test_two_imports_of_one_file_at_once_add_everybody_once(house):
    """Four threads that import the same file together leave each person once, with distinct numbers."""
    rows = [f";Herr;Max;Muster{chr(97 + i)};;;;" for i in range(24)]
    desks = [house.loyalty.session(f"clerk {i}", "berlin") for i in range(4)]
    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(lambda desk: desk.customers.import_file([table(*rows)], batch_size=5), desks))
    assert sum(report.added for report in reports) == 24
    assert all(report.added + report.skipped == 24 for report in reports)
    assert len(people(house)) == len(set(people(house))) == 24


def test_an_import_that_breaks_off_is_started_again(house):
    """What was kept before the break is known afterwards, and the result is that of one import."""

    def stop_after_two(progress):
        if progress.rows >= 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        house.desk.customers.import_file([MIXED], batch_size=2, on_progress=stop_after_two)
    assert len(people(house)) == 3
    report = house.desk.customers.import_file([MIXED], batch_size=2)
    assert (report.added, report.skipped) == (0, 5)
    other = build_house()
    other.desk.customers.import_file([MIXED])
    assert people(house) == people(other)


def test_an_import_inside_a_unit_of_work_is_kept_or_dropped_with_it(house):
    """Inside `transaction` all batches belong to the one unit."""
    before = dump(house.loyalty)

    def stop(progress):
        raise OSError(str(progress))

    with pytest.raises(OSError, match="added"), house.desk.transaction():
        house.desk.customers.import_file([MIXED], batch_size=2, on_progress=stop)
    assert dump(house.loyalty) == before


def test_people_with_one_name_are_both_imported_and_nobody_is_lost_silently(memory_house):
    """Two people who share a name and nothing else are two; a row with the name alone is reported with whom it equals."""
    report = memory_house.desk.customers.import_file(
        [
            table(
                ";;Max;Muster;;;1.2.1950;",
                ";;Max;Muster;;;1.2.1980;",
                ";;Max;Muster;m@example.org;;;",
                ";;Max;Muster;;;;",
            )
        ]
    )
    assert (report.added, report.skipped) == (3, 1)
    assert report.duplicates[0].line == 5
    assert report.duplicates[0].number == "0000018"


def test_a_row_is_the_first_of_several_namesakes(memory_house):
    """Whichever row of a batch brought a namesake into view, a name alone means who was there first."""
    first = memory_house.desk.customers.create(first_name="Max", last_name="Muster")
    second = memory_house.desk.customers.create(first_name="Max", last_name="Muster", number="5")
    report = memory_house.desk.customers.import_file([table("5;;Max;Muster;;;;", ";;Max;Muster;;;;")])
    assert [row.duplicate_of for row in report.duplicates] == [second.id, first.id]


def test_the_numbers_of_an_import_belong_to_the_range(memory_house):
    """What an import gave out is written down: that is where two imports at a time meet."""
    memory_house.desk.customers.import_file([MIXED], batch_size=2)
    with memory_house.loyalty.storage.transaction(read_only=True) as tx:
        assert tx.get(NumberRange, "customers:#").last == 2


def test_progress_tells_how_far_the_import_is(memory_house):
    """After each batch the counts so far; the last ones are those of the report."""
    seen = []
    report = memory_house.desk.customers.import_file([MIXED], batch_size=3, on_progress=seen.append)
    assert [progress.rows for progress in seen] == [3, 6, 8]
    assert seen[-1] == ImportProgress(8, len(MIXED), report.added, report.skipped, report.rejected_rows)


def test_the_file_is_read_as_it_is_needed(memory_house):
    """When the first batch is done, no more of a long file was read than a few portions."""
    rows = [f";;Max;Muster{i};;;;" for i in range(30_000)]
    data = table(*rows)
    seen = []

    def stop(progress):
        seen.append(progress)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        memory_house.desk.customers.import_file(io.BytesIO(data), batch_size=100, on_progress=stop)
    assert seen[0].rows == 100
    assert seen[0].bytes_read < 200_000 < len(data)


def test_a_batch_asks_the_storage_a_handful_of_questions(memory_house, monkeypatch):
    """However many rows a batch has, it makes the same few calls to the storage: no query for a single row."""
    calls = []
    for name in ("get", "find", "add", "save"):
        verb = getattr(MemoryTransaction, name)
        monkeypatch.setattr(
            MemoryTransaction,
            name,
            lambda *args, verb=verb, **kwargs: calls.append(verb) or verb(*args, **kwargs),
        )
    rows = [f"{'' if i % 3 else i + 1};;Max;Muster{i};m{i}@example.org;;;" for i in range(200)]
    memory_house.desk.customers.import_file([table(*rows)], batch_size=200)
    assert len(calls) <= 12


def test_rejections_beyond_the_first_thousand_are_counted_and_told(memory_house):
    """The report keeps a thousand of each list, counts all of them, and the callbacks get every one in order."""
    rows = [";;Max;;;;;" if i % 2 else ";;Max;Muster;;;;" for i in range(2401)]
    rejected, skipped = [], []
    report = memory_house.desk.customers.import_file(
        [table(*rows)], on_rejected=rejected.append, on_skipped=skipped.append
    )
    assert (report.rejected_rows, len(report.rejected), len(rejected)) == (1200, 1000, 1200)
    assert (report.skipped, len(report.duplicates), len(skipped)) == (1200, 1000, 1200)
    assert [row.line for row in rejected] == list(range(3, 2403, 2))
    assert report.rejected == tuple(rejected[:1000])
    assert report.duplicates == tuple(skipped[:1000])


def test_columns_can_be_named_by_the_caller(memory_house):
    """A mapping names columns that are not known, and ignores those that are not wanted."""
    data = "who|Vorname|tel\nMuster|Max|01 5123456\n".encode("utf-16")
    report = memory_house.desk.customers.import_file(
        [data],
        columns={"who": "last_name", "Vorname": "", "tel": "phone"},
        delimiter="|",
        default_country="at",
    )
    assert (report.added, report.ignored_columns) == (1, ("Vorname",))
    (customer,) = memory_house.desk.customers.find(phone="+4315123456").items
    assert customer.display_name == "Muster"


def test_an_encoding_can_be_named(memory_house):
    """The caller's encoding wins over guessing."""
    data = table(";;Max;Müller;;;;").decode().encode("cp850")
    memory_house.desk.customers.import_file([data], encoding="cp850")
    assert people(memory_house) == [("0000018", "Max Müller")]


@pytest.mark.parametrize("as_text", [True, False])
def test_a_file_is_opened_by_its_path(memory_house, tmp_path, as_text):
    """A path may be text or a `Path`."""
    path = tmp_path / "kunden.csv"
    path.write_bytes(MIXED)
    assert memory_house.desk.customers.import_file(str(path) if as_text else path).added == 3
    with pytest.raises(FileNotFoundError):
        memory_house.desk.customers.import_file(tmp_path / "missing.csv")


def test_a_stream_of_the_callers_stays_open(memory_house):
    """What the caller opened the caller closes."""
    stream = io.BytesIO(MIXED)
    memory_house.desk.customers.import_file(stream)
    assert not stream.closed


def test_a_desk_with_a_command_key_imports_every_batch(memory_house):
    """A key is for one command; the batches of an import are many, and rows are recognised anyway."""
    desk = memory_house.desk.keyed("till-1-17")
    assert desk.customers.import_file([MIXED], batch_size=1).added == 3


@pytest.mark.parametrize(
    ("source", "code"),
    [
        pytest.param([b""], "empty_file", id="nothing"),
        pytest.param([], "empty_file", id="not even nothing"),
        pytest.param([b"\r\n \r\n"], "empty_file", id="blank lines"),
        pytest.param([b"a;b\r\n1;2\r\n"], "no_known_column", id="no known column"),
        pytest.param([b"Nachname;Name\r\nA;B\r\n"], "duplicate_column", id="two columns for one field"),
        pytest.param([b"PK\x03\x04rest"], "not_text", id="a spreadsheet"),
        pytest.param(["text"], "wrong_type", id="no bytes"),
        pytest.param(io.StringIO("Nachname\nMuster\n"), "wrong_type", id="a text stream"),
        pytest.param(7, "wrong_type", id="no stream"),
    ],
)
def test_a_file_that_cannot_be_read_at_all_is_an_error(memory_house, source, code):
    """What makes the whole file unreadable is raised, and nothing was imported."""
    before = dump(memory_house.loyalty)
    with pytest.raises(InvalidInput) as caught:
        memory_house.desk.customers.import_file(source)
    assert code in caught.value.codes
    assert dump(memory_house.loyalty) == before


@pytest.mark.parametrize(
    ("settings", "fields"),
    [
        ({"batch_size": 0, "default_country": "Germany"}, ("batch_size", "default_country")),
        ({"batch_size": 1001}, ("batch_size",)),
        ({"batch_size": "5"}, ("batch_size",)),
        ({"default_country": "1"}, ("default_country",)),
        ({"default_country": 1}, ("default_country",)),
        ({"delimiter": ";;"}, ("delimiter",)),
        ({"encoding": "morse"}, ("encoding",)),
        ({"columns": {"Nachname": "shoe_size"}}, ("columns[Nachname]",)),
    ],
)
def test_wrong_settings_are_refused(memory_house, settings, fields):
    """Every wrong argument is named before anything is read."""
    with pytest.raises(InvalidInput) as caught:
        memory_house.desk.customers.import_file([MIXED], **settings)
    assert caught.value.fields == fields


GOOD = ";;Max;Muster;;;;"

BROKEN = {
    "too few fields": ("Max;Muster", "too_few_fields"),
    "too many fields": (";;Max;Muster;;;;;;x", "too_many_fields"),
    "a NUL": (";;Max;Mu\0ster;;;;", "nul_character"),
    "a forgotten quote": (';;"Max;Muster;;;;', "bad_quotes"),
    "text behind a quote": (';;"Max"x;Muster;;;;', "bad_quotes"),
    "a control character": (";;Max;Mu\x07ster;;;;", "control_character"),
    "no name": (";;Max;;;;;", "required"),
    "too long a name": (f";;Max;{'x' * 81};;;;", "too_long"),
    "a bad e-mail": (";;Max;Muster;max(at)example.org;;;", "bad_email"),
    "an injected header": (';;Max;"Muster\r\nBcc: x";;;;', "control_character"),
    "a ruined phone": (";;Max;Muster;;4,91E+11;;", "ruined_number"),
    "a bad date": (";;Max;Muster;;;02/30/1980;", "bad_date"),
    "a future date": (";;Max;Muster;;;01.01.2199;", "in_future"),
    "a date too early": (";;Max;Muster;;;01.01.1800;", "bad_date"),
    "an unknown salutation": (";Mx?;Max;Muster;;;;", "unknown_choice"),
    "too long a number": (f"{'1' * 41};;Max;Muster;;;;", "too_long"),
    "too long a line": (f";;Max;Muster;;;;{'x' * 70_000}", "line_too_long"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_row_is_rejected_and_its_neighbours_are_imported(memory_house, kind):
    """Whatever is wrong with a row, nothing of it is kept, and the rows around it come in."""
    row, code = BROKEN[kind]
    data = table(";;Anna;Anders;;;;", row, ";;Zoë;Zander;;;;")
    report = memory_house.desk.customers.import_file([data])
    assert {rejection.code for rejection in report.rejected} == {code}
    assert {rejection.line for rejection in report.rejected} == {3}
    assert (report.rows, report.added) == (3, 2)
    assert [name for _, name in people(memory_house)] == ["Anna Anders", "Zoë Zander"]


def test_bytes_that_are_no_text_reject_their_row_alone(memory_house):
    """A row with a wrong byte in a UTF-8 file is rejected, the others come in."""
    data = (
        table(";;Jörg;Anders;;;;", ";;Jürgen;Öse;;;;")
        + b";;Max;\xff\xfe;;;;\r\n"
        + ";;Zoë;Zander;;;;\r\n".encode()
    )
    report = memory_house.desk.customers.import_file([data])
    assert report.rejected == (
        RejectedRow(4, "", "undecodable", "contains bytes that are no text in the file's encoding"),
    )
    assert report.added == 3
