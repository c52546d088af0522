"""A mailer for demonstrations: it writes mails into a folder, and can say what is in it."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from loyaltycore.ports import DeliveryStatus, Email, Receipt


class FolderMailer:
    """Keeps each mail as a text file; in a shop, `SmtpMailer` stands here."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, email: Email) -> tuple[Receipt, ...]:
        """Write a mail down; a repetition writes the same file again."""
        path = self._folder / f"{sha256(email.message_id.encode()).hexdigest()}.txt"
        head = f"To: {', '.join(email.to)}\nSubject: {email.subject}\n\n"
        path.write_text(head + email.text, "utf-8")
        return tuple(Receipt(DeliveryStatus.ACCEPTED, recipient=address) for address in email.to)

    def sent(self) -> list[str]:
        """The mails, latest first."""
        paths = sorted(self._folder.glob("*.txt"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
        return [path.read_text("utf-8") for path in paths]
