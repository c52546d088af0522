"""Tables as shops have them: every dialect and encoding reads back, and no file, however broken, stops the reading."""

import codecs
import csv
import io
import tracemalloc
from itertools import islice

import pytest
from hypothesis import example, given, strategies as st

from loyaltycore.customers.rules.table_file import BrokenRow, Row, open_table
from loyaltycore.customers.rules.table_lines import MAX_LINE_BYTES
from loyaltycore.customers.rules.table_records import MAX_RECORD_LENGTH, MAX_RECORD_LINES, MESSAGES
from loyaltycore.errors import InvalidInput

HEADER = ("Kd-Nr", "Vorname", "Nachname", "Bemerkung")
FIELDS = ("number", "first_name", "last_name", "notes")

# Letters that are one byte in Windows-1252 and never look like UTF-8 there, and all that CSV has to quote.
LETTERS = "aZ09 .-äöüßÄÖÜéñ;,\t\"'\r\n"
cells = st.text(st.sampled_from(LETTERS), max_size=12)
wide_cells = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)


def tables(cell):
    """Rows of four cells of which one at least is not blank (a blank row carries nothing, and is passed over)."""
    return st.lists(
        st.lists(cell, min_size=4, max_size=4).filter(lambda row: "".join(row).strip()), max_size=6
    )


def written(rows, *, delimiter=";", quoting=csv.QUOTE_MINIMAL, end="\r\n", header=HEADER):
    """What `csv.writer` makes of a table."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator=end)
    writer.writerows([header, *rows])
    return text.getvalue()


def read(data, **options):
    """All rows of a file."""
    return list(open_table(data, **options))


def values(rows):
    """The cells of good rows, in the order of the columns."""
    return [[row.values[field] for field in FIELDS] for row in rows]


def fault_of(data, **options):
    """The code with which a file is refused."""
    with pytest.raises(InvalidInput) as caught:
        open_table(data, **options)
    return [fault.code for fault in caught.value.faults]


@given(
    tables(cells),
    st.sampled_from(";,\t"),
    st.sampled_from(
        [(csv.QUOTE_MINIMAL, "\r\n"), (csv.QUOTE_ALL, "\r\n"), (csv.QUOTE_ALL, "\n"), (csv.QUOTE_ALL, "\r")]
    ),
    st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-be"]),
)
def test_every_dialect_and_encoding_reads_back(rows, delimiter, dialect, encoding):
    """A table with delimiters, quotes, line breaks and umlauts in its cells reads back exactly, with nothing said."""
    data = written(rows, delimiter=delimiter, quoting=dialect[0], end=dialect[1]).encode(encoding)
    if encoding == "utf-16-be":
        data = codecs.BOM_UTF16_BE + data
    table = open_table(data)
    assert table.delimiter == delimiter
    assert values(table) == rows


@given(tables(wide_cells), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_any_text_reads_back(rows, encoding):
    """Any characters at all, line separators and joined ones too, come back as they were written."""
    data = written(rows, quoting=csv.QUOTE_ALL).encode(encoding)
    assert values(read(data, encoding="utf-8" if encoding == "utf-8" else None)) == rows


@given(tables(cells), st.sampled_from(["cp1252", "cp850", "latin-1", "utf-16-le"]), st.sampled_from(";|"))
def test_a_given_encoding_and_delimiter_are_used(rows, encoding, delimiter):
    """What the caller knows is not looked for: DOS files and unusual delimiters read back too."""
    data = written(rows, delimiter=delimiter).encode(encoding)
    assert values(read(data, encoding=encoding, delimiter=delimiter)) == rows


@given(tables(cells), st.data())
def test_the_portions_do_not_matter(rows, data):
    """However the bytes are cut into portions, the rows are the same: nothing is lost at a cut."""
    whole = written(rows).encode()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=8)))
    portions = [whole[start:end] for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    assert read(portions) == read(whole) == read(io.BytesIO(whole)) == read([bytearray(whole)])


@given(tables(cells), st.sampled_from(["\r\n", "\n", "\r"]))
def test_the_line_is_where_the_row_starts(rows, end):
    """Each row knows the physical line on which it starts; line breaks inside quotes are counted."""
    data = written(rows, quoting=csv.QUOTE_ALL, end=end)
    line, expected = 2, []
    for row in rows:
        expected.append(line)
        record = written([], header=row, quoting=csv.QUOTE_ALL, end=end)
        line += len(record.encode().splitlines())
    assert [row.line for row in read(data.encode())] == expected


@given(st.binary(max_size=400))
@example(b'Name;Ort\n"')
@example(b"\xff\xfeN\x00a")
@example(b"\xef\xbb\xbf")
@example(b"sep=;")
def test_no_bytes_crash_or_hang(data):
    """Any bytes are read to their end or refused when the file is opened; nothing else is ever raised."""
    try:
        table = open_table(data)
    except InvalidInput:
        return
    assert all(isinstance(row, Row | BrokenRow) for row in table)


@given(
    st.lists(
        st.sampled_from([b"a", b";", b'"', b"\n", b"\r", b"\0", b"\xfc", b"\xc3\xbc", b"\xff", b" "]),
        max_size=80,
    )
)
@example([b'"', b"\n"] * 120)
def test_garbage_behind_a_header_is_reported_line_by_line(pieces):
    """Behind a good header each row is a row or a broken one, in the order of the lines, and none is read twice."""
    body = b"".join(pieces)
    rows = read(b"Vorname;Nachname\n" + body)
    lines = [row.line for row in rows]
    assert lines == sorted(set(lines))
    assert all(2 <= line <= 1 + len(body.splitlines()) for line in lines)
    assert all(row.message == MESSAGES[row.code] for row in rows if isinstance(row, BrokenRow))


BROKEN = {
    "bad_quotes": [b'9;x;"y;z', b'9;"x"y;z;', b'";;;'],
    "too_few_fields": [b"9;x;y", b"9", b'"9;x;y;z"'],
    "too_many_fields": [b"9;x;y;z;a", b"9;x;y;z;;a"],
    "nul_character": [b"9;x;y\0;z", b"\0"],
    "undecodable": [b"9;M\xfcller;y;z", b"\xc3"],
    "line_too_long": [b"9;x;y;" + b"z" * (MAX_LINE_BYTES + 1), b"9" * 3 * MAX_LINE_BYTES],
}


@pytest.mark.parametrize(("code", "line"), [(code, line) for code, lines in BROKEN.items() for line in lines])
@pytest.mark.parametrize(("before", "after"), [(0, 0), (1, 1), (3, 10), (2, 130)])
def test_a_broken_row_costs_no_other(code, line, before, after):
    """One broken row is reported on its line with its code, and each row around it is read, however many follow."""
    good = "{};Jürgen;Möller;ja\n"
    head = "Kd-Nr;Vorname;Nachname;Bemerkung\n" + "".join(good.format(i) for i in range(before))
    tail = "".join(good.format(before + i) for i in range(after))
    rows = read(head.encode() + line + b"\n" + tail.encode(), encoding="utf-8")
    broken = [row for row in rows if isinstance(row, BrokenRow)]
    assert [(row.line, row.code) for row in broken] == [(2 + before, code)]
    numbers = [row.values["number"] for row in rows if isinstance(row, Row)]
    assert numbers == [str(i) for i in range(before + after)]


def test_an_open_quote_is_given_up_at_the_next_quoted_row():
    """A forgotten quote is found out by the quotes of the rows behind it, which are read as they are."""
    rows = read(b'Vorname;Nachname\n"Otto;Meier\n"Anna";"Schulz"\n"Eva";"Kunz"\n')
    assert [row.line for row in rows] == [2, 3, 4]
    assert isinstance(rows[0], BrokenRow)
    assert rows[1:] == [
        Row(3, {"first_name": "Anna", "last_name": "Schulz"}),
        Row(4, {"first_name": "Eva", "last_name": "Kunz"}),
    ]


@pytest.mark.parametrize(("lines", "fits"), [(MAX_RECORD_LINES, True), (MAX_RECORD_LINES + 1, False)])
def test_a_quoted_field_may_span_so_many_lines(lines, fits):
    """A note of fifty lines is read; with one line more it is taken for a forgotten quote, and the next row is read."""
    note = "\n".join(["line"] * lines)
    rows = read(f'Nachname;Bemerkung\nMeier;"{note}"\nSchulz;\n'.encode())
    assert (rows[0] == Row(2, {"last_name": "Meier", "notes": note})) == fits
    assert rows[-1] == Row(2 + lines, {"last_name": "Schulz", "notes": ""})


def test_a_row_of_long_lines_is_cut_off():
    """A row that grows beyond its limit line by line is reported, and the row behind it is read."""
    note = "\n".join(["x" * 60_000] * 3)
    assert len(note) > MAX_RECORD_LENGTH
    rows = read(f'Nachname;Bemerkung\nMeier;"{note}"\nSchulz;\n'.encode())
    assert (rows[0].line, rows[0].code) == (2, "row_too_long")
    assert rows[-1] == Row(5, {"last_name": "Schulz", "notes": ""})


def test_a_long_line_inside_quotes_is_reported_by_itself():
    """A huge line in an open quoted field ends the row before it: both are reported, and the next row is read."""
    rows = read(b'Nachname;Bemerkung\nMeier;"a\n' + b"x" * (MAX_LINE_BYTES + 1) + b"\nSchulz;\n")
    assert [(row.line, row.code) for row in rows[:-1]] == [(2, "bad_quotes"), (3, "line_too_long")]
    assert rows[-1] == Row(4, {"last_name": "Schulz", "notes": ""})


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b""])
def test_the_longest_line_is_no_longer_than_that(end):
    """A line of the greatest length, its end included, is read; with one byte more it is not."""
    start = b"Nachname;Bemerkung\nMeier;"
    longest = b"x" * (MAX_LINE_BYTES - len(b"Meier;") - len(end))
    rows = [read(start + longest + more + end) for more in (b"", b"x")]
    assert rows[0] == [Row(2, {"last_name": "Meier", "notes": longest.decode()})]
    assert [row.code for row in rows[1] if isinstance(row, BrokenRow)] == ["line_too_long"]


@pytest.mark.parametrize("size", range(65_532, 65_540))
def test_a_line_end_cut_in_two_counts_once(size):
    """Where CR and LF fall into different portions they are one line end, so the line numbers stay right."""
    data = b"Nachname\r\n" + b"Meier\r\n" * 12_000
    padded = b" " * (size - data.rfind(b"\r", 0, size)) + data
    rows = read(padded)
    assert [row.line for row in rows] == list(range(2, 12_002))


def test_a_stray_quote_inside_a_word_is_a_character():
    """A quotation mark in the middle of an unquoted cell belongs to the text, as spreadsheets read it."""
    assert read(b'Vorname;Nachname\nHans "Hansi";Meier\n') == [
        Row(2, {"first_name": 'Hans "Hansi"', "last_name": "Meier"})
    ]


def test_a_line_of_ten_megabytes_takes_no_memory():
    """A huge line is thrown away as it comes, reported once, and the rows behind it are read."""

    def portions():
        yield b"Nachname\nMeier\n"
        for _ in range(160):
            yield b"x" * 65_536
        yield b"\nSchulz\n"

    tracemalloc.start()
    rows = read(portions())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [row.line for row in rows] == [2, 3, 4]
    assert rows[1].code == "line_too_long"
    assert peak < 2_000_000


def test_memory_stays_flat():
    """Two hundred thousand rows are read in the memory of a few portions."""

    def portions():
        yield b"Kd-Nr;Vorname;Nachname;Ort\r\n"
        for i in range(200_000):
            yield f"{i};Jürgen;Möller-{i};Köln\r\n".encode()

    table = open_table(portions())
    assert sum(1 for _ in islice(table, 150_000)) == 150_000
    # Tracing is slow, and a leak shows in the last quarter as well: a row weighs half a kilobyte.
    tracemalloc.start()
    assert sum(1 for row in table if row.values["first_name"] == "Jürgen") == 50_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2_000_000


def test_reading_is_lazy():
    """Rows come as soon as their portion is there; nobody waits for the end of the file."""
    asked = []

    def portions():
        yield b"Nachname\n"
        for i in range(10):
            asked.append(i)
            yield b"Meier\n" * 20_000

    next(open_table(portions()))
    assert len(asked) == 1


def test_blank_lines_and_blank_rows_are_passed_over():
    """Blank lines before the header, between rows and at the end, and rows of empty cells, are no rows."""
    rows = read(b"\r\n;;\r\nVorname;Nachname\r\n\r\n;\r\nAnna;Schulz\r\n ; \r\n\r\n")
    assert rows == [Row(6, {"first_name": "Anna", "last_name": "Schulz"})]


def test_delimiters_at_the_end_do_no_harm():
    """Empty cells behind the last column, in the header or in a row, change nothing."""
    expected = {"first_name": "Anna", "last_name": "Schulz"}
    assert read(b"Vorname;Nachname;;\nAnna;Schulz\n") == [Row(2, expected)]
    assert read(b"Vorname;Nachname\nAnna;Schulz;; \n") == [Row(2, expected)]


def test_a_file_without_a_last_line_end_is_whole():
    """The last row counts whether a line end follows or not."""
    assert read(b"Nachname\nMeier") == [Row(2, {"last_name": "Meier"})]
    assert read(b"Nachname") == []


def test_a_table_is_read_once():
    """The table is an iterator: behind the last row there is nothing more."""
    table = open_table(b"Nachname\nMeier\n")
    assert len(list(table)) == 1
    assert list(table) == []
