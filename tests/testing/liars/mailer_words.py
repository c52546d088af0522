"""Mailers that change what they carry: subjects, texts, names."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from email.header import decode_header, make_header
from typing import Final

from attrs import evolve

from loyaltycore.kernel.messages import Email
from loyaltycore.testing.letters import ReceivedMail
from tests.testing.liars.honest_mailer import HonestMailer, HonestWriter
from tests.testing.liars.liar import Liar


class _Changes(HonestMailer):
    """Carries something else than it was given."""

    def letter(self, email: Email, address: str) -> ReceivedMail:
        """Change the mail before it leaves."""
        return super().letter(self.changed(email), address)

    def changed(self, email: Email) -> Email:
        """What is carried."""
        raise NotImplementedError


class CutsSubjects(_Changes):
    """Cuts a subject where its database column ends."""

    def changed(self, email: Email) -> Email:
        return evolve(email, subject=email.subject[:255])


class FoldsWithTabs(_Changes):
    """Leaves a tab where it has folded a long subject."""

    def changed(self, email: Email) -> Email:
        return evolve(email, subject=re.sub(r"(.{60,}?) ", "\\1\t", email.subject))


class CollapsesBlanks(_Changes):
    """Makes one blank of several in a subject."""

    def changed(self, email: Email) -> Email:
        return evolve(email, subject=" ".join(email.subject.split()))


class DecodesSubjects(_Changes):
    """Reads a subject that looks like an encoded word before it writes it."""

    def changed(self, email: Email) -> Email:
        if "\n" in email.subject or "=0D" in email.subject or "\r" in email.subject:
            return email
        return evolve(email, subject=str(make_header(decode_header(email.subject))))


class WritesSubjectsTwice(_Changes):
    """Encodes a subject as UTF-8 that was encoded before, if all its letters are in Latin-1."""

    def changed(self, email: Email) -> Email:
        try:
            email.subject.encode("latin-1")
        except UnicodeEncodeError:
            return email
        return evolve(email, subject=email.subject.encode().decode("latin-1"))


class FillsEmptySubjects(_Changes):
    """Gives a mail a subject that has none."""

    def changed(self, email: Email) -> Email:
        return evolve(email, subject=email.subject or "(no subject)")


class MarksSubjects(_Changes):
    """Takes a prefix of answers away from a subject."""

    def changed(self, email: Email) -> Email:
        return evolve(email, subject=re.sub(r"^(re|aw|fwd?): ", "", email.subject, flags=re.IGNORECASE))


class WritesLatin1(_Changes):
    """Writes a text in Latin-1 where it can, and says that it is UTF-8."""

    def changed(self, email: Email) -> Email:
        try:
            octets = email.text.encode("latin-1")
        except UnicodeEncodeError:
            return email
        return evolve(email, text=octets.decode("utf-8", "replace"))


class TrimsLines(_Changes):
    """Takes blanks away at the ends of lines."""

    def changed(self, email: Email) -> Email:
        return evolve(email, text="\n".join(line.rstrip(" \t") for line in email.text.split("\n")))


class DedentsTexts(_Changes):
    """Takes blanks away that stand before all lines."""

    def changed(self, email: Email) -> Email:
        return evolve(email, text=textwrap.dedent(email.text))


class ExpandsTabs(_Changes):
    """Puts blanks in the place of tabs."""

    def changed(self, email: Email) -> Email:
        return evolve(email, text=email.text.expandtabs())


class WrapsLines(_Changes):
    """Breaks long lines between words."""

    def changed(self, email: Email) -> Email:
        lines = [re.sub(r"(.{70,}?) ", "\\1\n", line) for line in email.text.split("\n")]
        return evolve(email, text="\n".join(lines))


class BreaksLongLines(HonestWriter):
    """Breaks lines where a mail server would not take them."""

    def letter(self, email: Email, address: str) -> ReceivedMail:
        text = "\n".join(re.sub("(.{998})", "\\1\n", line) for line in email.text.split("\n"))
        return super().letter(evolve(email, text=text), address)


class SquashesEmptyLines(_Changes):
    """Leaves one empty line of several."""

    def changed(self, email: Email) -> Email:
        return evolve(email, text=re.sub(r"\n{3,}", "\n\n", email.text))


class TrimsTexts(_Changes):
    """Takes empty lines and blanks away at the ends of a text."""

    def changed(self, email: Email) -> Email:
        return evolve(email, text=email.text.strip())


class ComposesLetters(_Changes):
    """Puts letters and their accents together."""

    def changed(self, email: Email) -> Email:
        return evolve(email, text=unicodedata.normalize("NFC", email.text))


class DropsTheInvisible(_Changes):
    """Drops characters that nobody sees, such as the joiners inside an emoji."""

    def changed(self, email: Email) -> Email:
        return evolve(email, text=re.sub("[\u00ad\u200b-\u200f\ufe0f]", "", email.text))


class EscapesFrom(_Changes):
    """Puts a sign before a line that begins like a mailbox file's first."""

    def changed(self, email: Email) -> Email:
        return evolve(email, text=re.sub(r"(?m)^From ", ">From ", email.text))


class SplitsAtAllLineEnds(_Changes):
    """Takes everything for a line end that Python's `splitlines` does."""

    def changed(self, email: Email) -> Email:
        return evolve(email, text="\n".join(email.text.splitlines()))


class MakesTheTextFromThePage(_Changes):
    """Makes the plain part from the page, whatever the mail says."""

    def changed(self, email: Email) -> Email:
        return evolve(email, text=re.sub("<[^>]*>", "", email.html)) if email.html else email


class TidiesPages(_Changes):
    """Takes blanks and line ends out of a page."""

    def changed(self, email: Email) -> Email:
        return evolve(email, html=re.sub(r"\s+", " ", email.html))


class CutsPages(_Changes):
    """Cuts a page after 64 KiB."""

    def changed(self, email: Email) -> Email:
        return evolve(email, html=email.html[: 64 * 1024])


class DropsPagesWithoutText(_Changes):
    """Sends a page only beside a text."""

    def changed(self, email: Email) -> Email:
        return email if email.text else evolve(email, html="")


class SplitsNamesAtCommas(_Changes):
    """Takes a comma in the sender's name for the end of an address."""

    def changed(self, email: Email) -> Email:
        return evolve(email, sender_name=email.sender_name.partition(",")[0])


class TakesAnAtForAnAddress(_Changes):
    """Leaves a sender's name out that looks like an address."""

    def changed(self, email: Email) -> Email:
        return evolve(email, sender_name="" if "@" in email.sender_name else email.sender_name)


class DropsQuotes(_Changes):
    """Takes quotes out of the sender's name."""

    def changed(self, email: Email) -> Email:
        return evolve(email, sender_name=email.sender_name.replace('"', ""))


class CutsNames(_Changes):
    """Cuts the sender's name after 30 characters."""

    def changed(self, email: Email) -> Email:
        return evolve(email, sender_name=email.sender_name[:30])


class SpellsNames(_Changes):
    """Replaces letters of the sender's name that are not in Latin-1."""

    def changed(self, email: Email) -> Email:
        return evolve(email, sender_name=email.sender_name.encode("latin-1", "replace").decode("latin-1"))


WORD_LIARS: Final[tuple[Liar[HonestMailer], ...]] = tuple(
    Liar.of(cls, cls)
    for cls in (
        CutsSubjects,
        FoldsWithTabs,
        CollapsesBlanks,
        DecodesSubjects,
        WritesSubjectsTwice,
        FillsEmptySubjects,
        MarksSubjects,
        WritesLatin1,
        TrimsLines,
        DedentsTexts,
        ExpandsTabs,
        WrapsLines,
        BreaksLongLines,
        SquashesEmptyLines,
        TrimsTexts,
        ComposesLetters,
        DropsTheInvisible,
        EscapesFrom,
        SplitsAtAllLineEnds,
        MakesTheTextFromThePage,
        TidiesPages,
        CutsPages,
        DropsPagesWithoutText,
        SplitsNamesAtCommas,
        TakesAnAtForAnAddress,
        DropsQuotes,
        CutsNames,
        SpellsNames,
    )
)
"""Mailers that change the words of a mail."""
