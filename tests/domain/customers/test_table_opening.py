"""Opening a table: encoding, delimiter and header are found, or the file is refused with the reason."""

import codecs
import io

import pytest

from loyaltycore.customers.rules.table_columns import ALIASES, FIELDS, HOUSE_NUMBER, key_of
from loyaltycore.customers.rules.table_file import BrokenRow, Row, open_table
from loyaltycore.customers.rules.table_lines import MAX_LINE_BYTES
from loyaltycore.errors import InvalidInput


def refused(data, **options):
    """The faults with which a file is refused."""
    with pytest.raises(InvalidInput) as caught:
        open_table(data, **options)
    return [(fault.field, fault.code) for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (b"Nachname\nMeier\n", "utf-8"),
        ("Straße\nx\n".encode(), "utf-8"),
        ("Name\nMeier\n".encode("utf-8-sig"), "utf-8"),
        ("Straße\nx\n".encode("cp1252"), "cp1252"),
        ("Name\nMüller\n".encode("cp1252"), "cp1252"),
        ("Name\nCafé\n".encode("cp1252"), "cp1252"),
        ("Name\nCafé".encode("cp1252"), "cp1252"),
        ("Straße\nx\n".encode("utf-16"), "utf-16-le"),
        ("\ufeffStraße\nx\n".encode("utf-16-be"), "utf-16-be"),
    ],
)
def test_the_encoding_is_found(data, encoding):
    """A byte order mark or the first characters beyond ASCII tell the encoding."""
    assert open_table(data).encoding == encoding


def test_an_umlaut_far_behind_the_first_portion_decides():
    """As long as all is ASCII nothing is decided: an umlaut long after the first portion still shows Windows-1252 or UTF-8."""
    for encoding in ("cp1252", "utf-8"):
        table = open_table(b"Nachname\n" + b"Meier\n" * 60_000 + "Müller\n".encode(encoding))
        rows = list(table)
        assert rows[-1] == Row(60_002, {"last_name": "Müller"})
        assert table.encoding == encoding


@pytest.mark.parametrize("size", range(65_530, 65_540))
@pytest.mark.parametrize("encoding", ["cp1252", "utf-8"])
def test_a_character_cut_by_a_portion_tells_nothing_wrong(size, encoding):
    """Where the first portion ends in a character, the encoding is found all the same."""
    data = b"Nachname\n" + b"x" * (size - 9) + "ü\nMöller\n".encode(encoding)
    table = open_table(data)
    assert [row.values["last_name"][-6:] for row in table if isinstance(row, Row)][-1] == "Möller"
    assert table.encoding == encoding


def test_one_bad_character_does_not_turn_a_file():
    """Where most lines are UTF-8 the file is, and the line that is not is reported instead of garbling the others."""
    rows = list(open_table("Nachname\nM\udcfcller\nMöller\nJäger\n".encode("utf-8", "surrogateescape")))
    assert isinstance(rows[0], BrokenRow)
    assert [row.values["last_name"] for row in rows[1:]] == ["Möller", "Jäger"]


def test_once_decided_the_encoding_stays():
    """In a file shown to be UTF-8 a later line that is not is broken, not Windows-1252."""
    rows = list(open_table("Straße\n".encode() + b"x\n" * 40_000 + b"M\xfcller\ny\n"))
    assert [(row.line, row.code) for row in rows if isinstance(row, BrokenRow)] == [(40_002, "undecodable")]
    assert rows[-1] == Row(40_003, {"street": "y"})


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-8-sig"])
def test_a_long_file_in_unicode_is_read_to_its_end(encoding):
    """Whatever is behind the first portion belongs to the file, and no mark at its beginning to the first column."""
    mark = codecs.BOM_UTF16_BE if encoding == "utf-16-be" else b""
    table = open_table(mark + ("Nachname\n" + "Müller\n" * 30_000).encode(encoding))
    assert dict(table.columns) == {"last_name": "Nachname"}
    assert [row.values["last_name"] for row in table if isinstance(row, Row)] == ["Müller"] * 30_000


def test_the_whole_first_portion_decides_the_encoding():
    """One odd line at the beginning of a long file does not outvote the thousands behind it."""
    rows = list(open_table(b"Nachname\nM\xfcller\n" + "Möller\n".encode() * 10_000))
    assert [row.line for row in rows if isinstance(row, BrokenRow)] == [2]
    assert rows[-1] == Row(10_002, {"last_name": "Möller"})


def test_a_mark_settles_the_encoding_for_good():
    """Behind the mark of UTF-8 a line that is none is broken, and nothing else is tried."""
    rows = list(open_table(codecs.BOM_UTF8 + b"Nachname\nM\xfcller\n" + b"Wei\xdf\n"))
    assert [row.code for row in rows] == ["undecodable", "undecodable"]


def test_a_byte_that_windows_1252_does_not_have_is_reported():
    """A DOS file that is taken for Windows-1252 shows by its ü, which has no meaning there."""
    rows = list(open_table(b"Stra\xdfe\nM\x81hlweg\nx\n"))
    assert [row.code for row in rows if isinstance(row, BrokenRow)] == ["undecodable"]


@pytest.mark.parametrize("tail", [b"x", b"\xd8", b"\x00\xd8"])
def test_half_a_character_of_utf_16_breaks_its_row_alone(tail):
    """A UTF-16 file that is cut off in a character loses its last row, not the ones before."""
    rows = list(open_table("Nachname\nMeier\nSch".encode("utf-16") + tail))
    assert rows[0] == Row(2, {"last_name": "Meier"})
    assert [(row.line, row.code) for row in rows[1:]] == [(3, "undecodable")]


@pytest.mark.parametrize("half", [b"\x3d\xd8", b"\x00\xdc"], ids=["first", "second"])
def test_half_a_pair_inside_a_row_of_utf_16_breaks_that_row_alone(half):
    """One of the two halves of an emoji without the other is no character; the rows around it are read."""
    text = codecs.BOM_UTF16_LE + "Nachname\nMeier\nSch".encode("utf-16-le") + half
    rows = list(open_table(text + "ulz\nMüller\n".encode("utf-16-le")))
    assert [row.values["last_name"] for row in rows if isinstance(row, Row)] == ["Meier", "Müller"]
    assert [(row.line, row.code) for row in rows if isinstance(row, BrokenRow)] == [(3, "undecodable")]


@pytest.mark.parametrize(
    ("header", "delimiter"),
    [
        ("Vorname;Nachname", ";"),
        ("Vorname,Nachname", ","),
        ("Vorname\tNachname", "\t"),
        ("Name, Vorname;PLZ;Ort", ";"),
        ("PLZ, Ort, Name;Fax", ","),
        ('"Vorname","Straße;Nr."', ","),
        ("Nachname", ";"),
        ("Foo,Bar,Nachname", ","),
        ("sep=,\r\nNachname,Vorname", ","),
        ("SEP=|\nNachname|Vorname", "|"),
        ('"sep=;"\nNachname;Vorname', ";"),
    ],
)
def test_the_delimiter_is_found(header, delimiter):
    """The delimiter that makes most columns known wins, or the one that the first line names."""
    assert open_table(header.encode()).delimiter == delimiter


def test_a_given_delimiter_goes_before_the_hint():
    """What the caller says counts more than what the file says."""
    assert open_table(b"sep=;\nNachname,Vorname", delimiter=",").delimiter == ","


def test_a_header_may_be_quoted_over_several_lines():
    """A column name with a line break in it is one name, and rows are counted from the line behind it."""
    table = open_table(b'Nachname;"E-Mail\nAdresse"\nMeier;a@example.org\n')
    assert list(table) == [Row(3, {"last_name": "Meier", "email": "a@example.org"})]


@pytest.mark.parametrize("field", FIELDS)
def test_each_field_is_found_by_every_name(field):
    """Each alias and the field's own name are found, in any case, with blanks, dots or underscores for hyphens."""
    for name in (field, *ALIASES[field]):
        for header in (name, name.upper(), f" {name} ", name.replace("-", " "), name.replace(" ", "_")):
            table = open_table(f'"{header}"\n'.encode())
            assert table.columns == {field: header.strip()}, header


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Werbung per Brief", "consent_letter"),
        ("E-Mail-Werbung", "consent_email"),
        ("Einwilligung Telefon", "consent_phone"),
        ("Einwilligung per SMS", "consent_sms"),
    ],
)
def test_consents_are_found_by_what_shops_call_them(header, field):
    """A consent to advertising stands under the name of its channel, in several phrases."""
    assert open_table(f"Nachname;{header}\n".encode()).columns[field] == header


def test_no_name_means_two_fields():
    """The table of aliases is unambiguous, with umlauts written out and with their dots lost."""
    names = [(key_of(name), field) for field, names in ALIASES.items() for name in {field, *names}]
    assert len(dict(names)) == len({(key, field) for key, field in names})


@pytest.mark.parametrize("header", ["Straße", "STRASSE", "strasse", "STRAẞE"])
def test_sharp_s_and_double_s_are_the_same(header):
    """Straße is found in every spelling that occurs."""
    assert list(open_table(header.encode()).columns) == ["street"]


@pytest.mark.parametrize(
    "header", ["Länderkürzel", "Laenderkuerzel", "Landerkurzel", "La\u0308nderku\u0308rzel"]
)
def test_umlauts_are_found_in_every_spelling(header):
    """Composed, decomposed, written out, or without their dots."""
    assert list(open_table(header.encode()).columns) == ["country"]


def test_unknown_columns_are_reported_not_fatal():
    """A column that no field takes is named, one without a name by its position, and the rest is read."""
    table = open_table(b"Schuhgr\xc3\xb6\xc3\x9fe;Nachname;;Ort\n38;Meier;x;Ulm\n")
    assert table.ignored_columns == ("Schuhgröße", "#3")
    assert table.columns == {"last_name": "Nachname", "city": "Ort"}
    assert list(table) == [Row(2, {"last_name": "Meier", "city": "Ulm"})]


def test_a_house_number_goes_behind_the_street():
    """A column of its own for the house number loses nothing; without a street it is ignored, and reported."""
    table = open_table("Straße;Hausnr.;Ort\nHauptstr.;12 a;Ulm\nAm Markt;;Ulm\n".encode())
    streets = [row.values["street"] for row in table]
    assert (streets, table.ignored_columns) == (["Hauptstr. 12 a", "Am Markt"], ())
    assert open_table(b"Hausnr.;Ort\n").ignored_columns == ("Hausnr.",)
    named = open_table(b"Weg;Nr\nHauptstr.;5\n", columns={"Weg": "street", "Nr": HOUSE_NUMBER})
    assert next(named) == Row(2, {"street": "Hauptstr. 5"})


def test_columns_can_be_named_by_the_caller():
    """What the caller says about a column goes before its alias, and an empty field ignores it."""
    table = open_table(
        b"Spalte X;Name;Telefon;Festnetz\nMeier;Optik Meier;1;2\n",
        columns={"spalte x": "last_name", "Name": "company", "Telefon": ""},
    )
    assert list(table) == [Row(2, {"last_name": "Meier", "company": "Optik Meier", "phone": "2"})]
    assert table.ignored_columns == ("Telefon",)


@pytest.mark.parametrize(
    ("data", "options", "faults"),
    [
        (b"", {}, [("file", "empty_file")]),
        (b"\r\n \n;;\n", {}, [("file", "empty_file")]),
        ("\ufeff".encode(), {}, [("file", "empty_file")]),
        (b"sep=;\n", {}, [("file", "empty_file")]),
        ("".encode("utf-16"), {}, [("file", "empty_file")]),
        (b"Foo;Bar\n1;2\n", {}, [("file", "no_known_column")]),
        (b"Meier;Otto;Ulm\n", {}, [("file", "no_known_column")]),
        (b"PK\x03\x04....", {}, [("file", "not_text")]),
        (b"\xd0\xcf\x11\xe0....", {}, [("file", "not_text")]),
        (b"%PDF-1.7\n", {}, [("file", "not_text")]),
        ("Nachname\n".encode("utf-16-le"), {}, [("file", "nul_character")]),
        (b"Nachname;\x81\n", {}, [("file", "undecodable")]),
        (b"x" * (MAX_LINE_BYTES + 1), {}, [("file", "line_too_long")]),
        (b'Nachname;"Vorname\n', {"delimiter": ";"}, [("file", "bad_quotes")]),
        (
            b"Tel.;Telefon;Name;Nachname;Stadt;Ort\n",
            {},
            [("last_name", "duplicate_column"), ("city", "duplicate_column")],
        ),
        (b"Ort\n", {"columns": {"Stadtt": "city"}}, [("columns[Stadtt]", "missing_column")]),
        (b"Ort\n", {"columns": {"Ort": "town"}}, [("columns[Ort]", "unknown_field")]),
        (b"Ort;X\n", {"columns": {"X": "city"}}, [("city", "duplicate_column")]),
        (b"Ort\n", {"encoding": "klingon"}, [("encoding", "unknown_encoding")]),
        (b"Ort\n", {"encoding": "rot13"}, [("encoding", "unknown_encoding")]),
        (b"Ort\n", {"encoding": "cp037"}, [("encoding", "unknown_encoding")]),
        (b"Ort\n", {"encoding": "utf-32"}, [("encoding", "unknown_encoding")]),
        (b"Ort\n", {"encoding": 8}, [("encoding", "unknown_encoding")]),
        (b"Ort\n", {"delimiter": ";;"}, [("delimiter", "bad_delimiter")]),
        (b"Ort\n", {"delimiter": '"'}, [("delimiter", "bad_delimiter")]),
        (b"Ort\n", {"delimiter": ""}, [("delimiter", "bad_delimiter")]),
        (b"sep=a\nOrt\n", {}, [("delimiter", "bad_delimiter")]),
        (io.StringIO("Ort\n"), {}, [("stream", "wrong_type")]),
        (["Ort\n"], {}, [("stream", "wrong_type")]),
        ("Ort\n", {}, [("stream", "wrong_type")]),
        (None, {}, [("stream", "wrong_type")]),
    ],
)
def test_what_makes_a_file_unreadable_is_said_at_the_start(data, options, faults):
    """Empty, binary, unknown, ambiguous, or opened wrongly: the file is refused with every reason, before any row."""
    assert refused(data, **options) == faults


def test_the_refusal_of_an_unknown_header_shows_it():
    """Who gave the wrong file sees what it begins with, shortened where it is long."""
    with pytest.raises(InvalidInput, match="'Foo', 'Bar'"):
        open_table(b"Foo;Bar\n")
    with pytest.raises(InvalidInput) as caught:
        open_table(b";".join([b"x" * 1000] * 50))
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "UTF8", "latin1"])
def test_a_byte_order_mark_wins(encoding):
    """Whatever encoding was given, a byte order mark is the file's own word."""
    assert list(open_table("Straße\nx\n".encode("utf-8-sig"), encoding=encoding).columns) == ["street"]


def test_a_table_may_have_several_columns_of_phones_and_addresses():
    """Phones and e-mail addresses may have as many columns as a file has, also with one and the same header."""
    table = open_table(b"Telefon;E-Mail;Telefon;Mobil;E-Mail 2;Tel. privat;Name\n1;a;2;3;b;4;M\n")
    assert table.columns == {
        "phone": "Telefon",
        "email": "E-Mail",
        "phone#2": "Telefon",
        "mobile": "Mobil",
        "email#2": "E-Mail 2",
        "phone#3": "Tel. privat",
        "last_name": "Name",
    }
    assert list(next(table).values.values()) == ["1", "a", "2", "3", "b", "4", "M"]


@pytest.mark.parametrize("hint", ["sep=\t", '"sep=\t"', "SEP=\t"])
def test_a_hint_may_name_the_tab(hint):
    """The tab is a delimiter like any other, though it is a blank at the end of a line too."""
    table = open_table(f"{hint}\r\nName\tOrt\r\nMuster\tUlm\r\n".encode())
    assert (table.delimiter, next(table).line) == ("\t", 3)


def test_columns_of_the_host_are_known_by_their_name():
    """A field that the host declared is the target of its own header, and of any header that is mapped to it."""
    data = b"Name;custom.umsatz;Art\n"
    table = open_table(data, columns={"Art": "custom.art"}, custom=("custom.umsatz", "custom.art"))
    assert table.columns == {"last_name": "Name", "custom.umsatz": "custom.umsatz", "custom.art": "Art"}
    assert refused(data, columns={"Art": "custom.art"}) == [("columns[Art]", "unknown_field")]
