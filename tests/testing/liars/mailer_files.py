"""Mailers that change the files of a mail."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterable
from pathlib import PurePath
from typing import Final
from urllib.parse import unquote

from attrs import evolve

from loyaltycore.kernel.messages import Attachment, Email
from loyaltycore.testing.letters import ReceivedMail
from tests.testing.liars.honest_mailer import HonestMailer
from tests.testing.liars.liar import Liar

_MEBIBYTE: Final = 1024 * 1024


class _ChangesFiles(HonestMailer):
    """Carries other files than it was given."""

    def letter(self, email: Email, address: str) -> ReceivedMail:
        """Change the files before the mail leaves."""
        return super().letter(evolve(email, attachments=tuple(self.files(email.attachments))), address)

    def files(self, files: tuple[Attachment, ...]) -> Iterable[Attachment]:
        """What is carried."""
        return map(self.file, files)

    def file(self, file: Attachment) -> Attachment:
        """One file as it is carried."""
        return file


class SortsFiles(_ChangesFiles):
    """Puts the files into the order of their names."""

    def files(self, files: tuple[Attachment, ...]) -> Iterable[Attachment]:
        return sorted(files, key=lambda file: file.name)


class KeepsOneOfEachName(_ChangesFiles):
    """Keeps files in a dictionary, the last of each name."""

    def files(self, files: tuple[Attachment, ...]) -> Iterable[Attachment]:
        return {file.name: file for file in files}.values()


class NumbersFiles(_ChangesFiles):
    """Gives the second file of a name another name."""

    def files(self, files: tuple[Attachment, ...]) -> Iterable[Attachment]:
        names = [file.name for file in files]
        for place, file in enumerate(files):
            earlier = names[:place].count(file.name)
            yield evolve(file, name=f"{earlier} {file.name}") if earlier else file


class KeepsOneOfEachContent(_ChangesFiles):
    """Sends a file once that is there under two names."""

    def files(self, files: tuple[Attachment, ...]) -> Iterable[Attachment]:
        return {(file.content, file.media_type): file for file in files}.values()


class TakesTwoFiles(_ChangesFiles):
    """Sends the first two files."""

    def files(self, files: tuple[Attachment, ...]) -> Iterable[Attachment]:
        return files[:2]


class CutsFileNames(_ChangesFiles):
    """Cuts the name of a file after 64 characters."""

    def file(self, file: Attachment) -> Attachment:
        return evolve(file, name=file.name[:64])


class KeepsTheLastPart(_ChangesFiles):
    """Takes a name for a path and keeps its last part."""

    def file(self, file: Attachment) -> Attachment:
        return evolve(file, name=PurePath(file.name).name)


class SpellsFileNames(_ChangesFiles):
    """Replaces letters in the name of a file that are not in Latin-1."""

    def file(self, file: Attachment) -> Attachment:
        return evolve(file, name=file.name.encode("latin-1", "replace").decode("latin-1"))


class QuotesFileNames(_ChangesFiles):
    """Reads percent signs in the name of a file as escapes."""

    def file(self, file: Attachment) -> Attachment:
        return evolve(file, name=unquote(file.name))


class UnderlinesFileNames(_ChangesFiles):
    """Puts underscores in the place of blanks in the name of a file."""

    def file(self, file: Attachment) -> Attachment:
        return evolve(file, name=file.name.replace(" ", "_"))


class GuessesTypes(_ChangesFiles):
    """Guesses the type of a file from its name."""

    def file(self, file: Attachment) -> Attachment:
        return evolve(file, media_type=mimetypes.guess_type(file.name)[0] or file.media_type)


class TidiesTextFiles(_ChangesFiles):
    """Changes the line ends of a file of text."""

    def file(self, file: Attachment) -> Attachment:
        if not file.media_type.startswith("text/"):
            return file
        return evolve(file, content=file.content.replace(b"\r\n", b"\n"))


class ReadsTextFiles(_ChangesFiles):
    """Reads a file of text as UTF-8."""

    def file(self, file: Attachment) -> Attachment:
        if not file.media_type.startswith("text/"):
            return file
        return evolve(file, content=file.content.decode("utf-8", "replace").encode())


class EndsTextFiles(_ChangesFiles):
    """Ends a file of text with a line end."""

    def file(self, file: Attachment) -> Attachment:
        if not file.media_type.startswith("text/") or file.content.endswith(b"\n") or not file.content:
            return file
        return evolve(file, content=file.content + b"\n")


class CutsLargeFiles(_ChangesFiles):
    """Cuts a file after one mebibyte."""

    def file(self, file: Attachment) -> Attachment:
        return evolve(file, content=file.content[:_MEBIBYTE])


class DropsLargeFiles(_ChangesFiles):
    """Leaves files out once a mebibyte is full."""

    def files(self, files: tuple[Attachment, ...]) -> Iterable[Attachment]:
        full = 0
        for file in files:
            full += len(file.content)
            if full <= _MEBIBYTE:
                yield file


class TrimsFiles(_ChangesFiles):
    """Takes zeros away at the end of a file."""

    def file(self, file: Attachment) -> Attachment:
        return evolve(file, content=file.content.rstrip(b"\0"))


class ShowsTextFiles(HonestMailer):
    """Puts a file of text below the text of the mail."""

    def letter(self, email: Email, address: str) -> ReceivedMail:
        shown = [file for file in email.attachments if file.media_type == "text/plain" and file.content]
        words = "".join(file.content.decode("utf-8", "replace") for file in shown)
        rest = tuple(file for file in email.attachments if file not in shown)
        return super().letter(evolve(email, text=email.text + words, attachments=rest), address)


class PutsFilesIntoThePage(HonestMailer):
    """Takes pictures for a part of the page where there is one."""

    def letter(self, email: Email, address: str) -> ReceivedMail:
        if not email.html:
            return super().letter(email, address)
        files = tuple(file for file in email.attachments if not file.media_type.startswith("image/"))
        return super().letter(evolve(email, attachments=files), address)


FILE_LIARS: Final[tuple[Liar[HonestMailer], ...]] = tuple(
    Liar.of(cls, cls)
    for cls in (
        SortsFiles,
        KeepsOneOfEachName,
        NumbersFiles,
        KeepsOneOfEachContent,
        TakesTwoFiles,
        CutsFileNames,
        KeepsTheLastPart,
        SpellsFileNames,
        QuotesFileNames,
        UnderlinesFileNames,
        GuessesTypes,
        TidiesTextFiles,
        ReadsTextFiles,
        EndsTextFiles,
        CutsLargeFiles,
        DropsLargeFiles,
        TrimsFiles,
        ShowsTextFiles,
        PutsFilesIntoThePage,
    )
)
"""Mailers that change the files of a mail."""
