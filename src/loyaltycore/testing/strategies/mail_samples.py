"""Samples of what mails are made of: plain ones, which every mailer takes, and odd ones, which it may reject."""

from __future__ import annotations

from typing import Final

_LONG: Final = "Ihre Karte liegt für Sie bereit. "

INJECTIONS: Final = (
    "Karte\r\nBcc: mallory@example.org",
    "Karte\nX-Injected: yes",
    "Karte\rX-Injected: yes",
    "Karte\r\n\r\nX-Injected: yes\r\n\r\nbody",
    "Karte\x0bX-Injected: yes",
    "Karte\u2028X-Injected: yes",
    "=?utf-8?q?Karte=0D=0AX-Injected:_yes?=",
)
"""Texts that try to become a header of their own."""

LATIN_LINES: Final = (
    "",
    "Größe 5, Café",
    "Müller & Söhne <büro@example.org>",
    " a blank before",
    "\ta tab before, and one\tinside",
    "two  blanks   or three",
    "blanks behind  ",
    "a tab behind\t",
    ".",
    "..",
    ".hidden",
    "From here on",
    ">From there",
    "-- ",
    "=3D=20 100 %41 &amp; +",
    "=?utf-8?q?Karte?=",
    "{name} ${name} %(name)s %n",
    "<b>bold</b> & \\quoted\\ 'so' \"so\"",
    "Content-Type: text/html",
    "--===============1234==",
    "no\u00a0break, so\u00adft",
    "https://shop.example/c?a=1&b=2#d, www.shop.example, erika@example.org",
    "x" * 1200,
    _LONG * 40,
)
OTHER_LINES: Final = (
    "Привет, שלום, 你好",
    "\U0001f600 \U0001f469\u200d\U0001f469\u200d\U0001f467 \u2708\ufe0f",
    "e\u0301 and u\u0308, not composed",
    "12,50 €, “quoted” \u2013 \u2018so\u2019…",
    "a separator\u2028of lines, a blank\u2003of some width",
    "ж" * 700,
)

SUBJECTS: Final = (
    "",
    "Ihre Karte",
    "Größe: 100 %, Café",
    "Re: AW: Ihre Karte",
    "two  blanks   or three",
    "12,50 € \U0001f600",
    "e\u0301 and u\u0308, not composed",
    "Привет, שלום",
    "a, b; c: d <e@example.org> (f) \"g\" \\h\\ 'i' [j] =k= ?l? _m_ %41 &amp; {n}",
    "for\u200bever and so\u00adft",
    _LONG.strip() * 7,
    "plain words that go on and on " * 7 + "to the end",
    "ж" * 120,
    "€" * 70,
    "\U0001f600" * 50,
    "x" * 200,
)
NAMES: Final = (
    "Optik Größ",
    "Müller, Anna",
    "anna@example.com",
    'Anna "Anni" Müller',
    "Optik Größ GmbH & Co. KG (Berlin): Karten; Service",
    "back\\slash, [so] = ?so? _so_ %41",
    "O'Neill",
    "Оптика Ωmega 眼鏡",
    "眼鏡" * 12,
    "e\u0301 not composed",
    "plain words that go on " * 4 + "to the end",
)
FILE_NAMES: Final = (
    "card.pdf",
    "Übersicht.pdf",
    "two  words.txt",
    "CARD.PDF",
    "no ending",
    "a,b;c=d.csv",
    "100%25 %41.txt",
    'say "so".txt',
    "it's (1) [2] {3} & + ~.png",
    "Договор 日本 \U0001f600.pdf",
    "€" * 40 + ".pdf",
    "e\u0301.txt",
    "page.html",
    "plain words that go on " * 4 + ".pdf",
)
MEDIA_TYPES: Final = (
    "application/pdf",
    "application/octet-stream",
    "application/json",
    "image/png",
    "text/calendar",
    "text/csv",
    "text/html",
    "text/plain",
)
CONTENTS: Final = (
    b"",
    b"one line without an end",
    b"a\nb\r\nc\rd\n\r\n",
    b".\r\n..\r\n.hidden\r\nFrom me\r\n",
    b"blanks  \r\n\t\r\n\r\n",
    "Größe".encode("latin-1"),
    "Größe".encode(),
    b"\xff\xfe\0\1",
    bytes(range(256)) * 4,
    b"zeros\0\0\0",
)

_LOOK_ALIKES: Final = ("=?utf-8?q?Karte?=", "=?utf-8?b?S2FydGU=?= =?utf-8?q?_und_mehr?=", "a =?x?q?y?= b")
ODD_LINES: Final = (
    *INJECTIONS,
    *_LOOK_ALIKES,
    "  blanks around  ",
    "a\ttab",
    _LONG * 10,
    "plain words that go on and on " * 50,
    "x" * 1100,
    "ж" * 600,
    "NUL\0",
    "half a character \ud800",
)
ODD_ADDRESSES: Final = (
    "info@bücher.example",
    "info@fußball.example",
    "größe@example.org",
    '"two words"@example.org',
    "erika@[127.0.0.1]",
    "erika@EXAMPLE.org",
    f"{'x' * 64}@example.org",
    f"{'x' * 65}@example.org",
    "no address",
    "",
)
ODD_FILE_NAMES: Final = (*ODD_LINES, "", "../card.pdf", "C:\\cards\\card.pdf", "ü" * 200 + ".pdf", " .pdf ")
ODD_MEDIA_TYPES: Final = ("text/plain; charset=latin-1", "TEXT/Plain", "message/rfc822", "multipart/mixed")
ODD_TEXTS: Final = ("NUL\0", "half a character \ud800", "\x0b\x0c\x1c\x85\x1b[2J", "one\rtwo\nthree\r\nfour")
