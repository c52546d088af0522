"""Recipients and mails are told apart: many, alike, twice, and at the same time."""

from __future__ import annotations

from typing import Final
from uuid import uuid4

from attrs import evolve
from hypothesis import given, strategies as st

from loyaltycore.ports.messaging import DeliveryStatus
from loyaltycore.testing.clocks import clock_moved
from loyaltycore.testing.mailer_checks.base import ERIKA, MALLORY, MAX, THIRD, MailerChecks, mail
from loyaltycore.testing.processes import Say, forked
from loyaltycore.testing.suite import examples
from loyaltycore.testing.threads import in_threads

_ALIKE: Final = (
    ERIKA,
    "Erika@example.org",
    "erika+post@example.org",
    "er.ika@example.org",
    "erika@example.com",
    "erika@mail.example.org",
    "erika2@example.org",
)
_PLACES: Final = (0, 1, 9, 10, 24, 49, 50, 63, 99, 100, 127, 149, 199, 200)
"""Places in a long list: its ends, and where portions may end."""
_ID_CHARACTERS: Final = "abcABC019-._"
_ONE_CHECKSUM: Final = ("card-plumless-1", "card-buckeroo-1")
"""Ids that have one CRC."""
_TWO_DAYS: Final = 50 * 3600.0


class CrowdChecks(MailerChecks, kit=True):
    """Tests of several recipients and several mails."""

    def test_every_recipient_has_a_receipt(self) -> None:
        """Receipts stand in the order of the recipients: "One receipt per address in `email.to`, in that order"."""
        with self.open() as mailer:
            for to in [(ERIKA,), (ERIKA, MAX), (MAX, ERIKA), (MAX, ERIKA, THIRD)]:
                statuses = {receipt.status for receipt in self.send(mailer, mail(*to))}
                assert statuses == {DeliveryStatus.ACCEPTED}, f"a mail to {to} is {statuses}"

    def test_what_was_accepted_has_arrived_once(self) -> None:
        """Each recipient gets the mail, and gets it once: "The other side has taken it over"."""
        to = (ERIKA, MAX, THIRD)
        with self.open() as mailer:
            self.deliver(mailer, mail(*to))
            for address in to:
                self.arrived(mailer, address)

    def test_an_address_that_stands_there_twice_gets_one_copy(self) -> None:
        """Two mentions have two receipts and make one copy: "Each address gets one copy, even if it stands there twice"."""
        own = self.own_sender()
        sent = mail(ERIKA, MAX, ERIKA)
        with self.open() as mailer:
            self.deliver(mailer, sent)
            self.compare(mailer, [sent], own)

    def test_no_recipient_sees_another(self) -> None:
        """A copy names its own recipient alone: "no copy names another recipient"."""
        to = (ERIKA, MAX, THIRD)
        with self.open() as mailer:
            self.deliver(mailer, mail(*to))
            for address in to:
                shown = str(self.arrived(mailer, address))
                seen = [other for other in to if other != address and other in shown]
                assert seen == [], f"the copy for {address} names {seen}"

    def test_addresses_that_are_alike_are_told_apart(self) -> None:
        """Capitals, dots, what stands behind a plus, and the domain count: "They are told apart to the letter"."""
        own = self.own_sender()
        sent = mail(*_ALIKE)
        with self.open() as mailer:
            self.deliver(mailer, sent)
            self.compare(mailer, [sent], own)

    def test_a_crowd_gets_one_copy_each(self) -> None:
        """Of two hundred recipients, in no order, none is left out: "One receipt per address in `email.to`"."""
        own = self.own_sender()
        crowd = tuple(f"reader{number * 37 % 201}@example.org" for number in range(201))
        # To look for everybody would take long where `peek` reads all mails.
        looked_for = tuple(crowd[place] for place in _PLACES)
        with self.open() as mailer:
            self.deliver(mailer, mail(*crowd))
            self.compare(mailer, [mail(*looked_for)], own)

    def test_a_second_mail_like_the_first_arrives(self) -> None:
        """Mails that differ by their id alone are two: "Our own id of the message; the Message-ID header is made from it"."""
        own = self.own_sender()
        sent = [mail(ERIKA, MAX, message_id=f"card-order-confirmation-{number}") for number in range(3)]
        with self.open() as mailer:
            self.deliver(mailer, *sent)
            self.compare(mailer, sent, own)

    def test_many_mails_in_a_row_arrive(self) -> None:
        """None of forty mails is lost or changed by those before it: "nothing of it in another mail"."""
        own = self.own_sender()
        sent = [
            mail(ERIKA, message_id=f"id-{number}", subject=f"Card {number}", text=f"Text {number}\n")
            for number in range(40)
        ]
        with self.open() as mailer:
            self.deliver(mailer, *sent)
            self.compare(mailer, sent, own)

    def test_threads_may_send_at_the_same_time(self) -> None:
        """Mails that are sent at the same time arrive as if one had waited for the other: "Threads may share a mailer"."""
        own = self.own_sender()
        sent = [
            mail(
                f"reader{number % 4}@example.org",
                message_id=f"id-{number}",
                subject=f"Card {number}",
                text=f"Text {number}\n" * (1 + number % 3),
                reply_to=f"desk{number}@example.org",
            )
            for number in range(60)
        ]
        with self.open() as mailer:
            in_threads(lambda email: self.deliver(mailer, email), sent)
            self.compare(mailer, sent, own)

    def test_a_repetition_carries_the_same_message_id(self) -> None:
        """The receiving side can recognise a mail sent again: "so a repetition carries the same one"."""
        with self.open() as mailer:
            for _ in range(3):
                self.deliver(mailer, mail())
            ids = [received.values("Message-ID") for received in self.found(mailer, ERIKA)]
        assert ids, "the mail has not arrived"
        assert all(len(values) == 1 for values in ids), "a mail has no Message-ID, or several"
        assert len({values[0] for values in ids}) == 1, f"a mail has several Message-IDs: {ids}"

    def test_a_repetition_reaches_those_who_are_left(self) -> None:
        """A mail that some have already is sent to the others under its id: "for some of the recipients alone"."""
        own = self.own_sender()
        sent = [mail(ERIKA, THIRD), mail(MAX), mail(MALLORY, "fifth@example.org")]
        with self.open() as mailer:
            self.deliver(mailer, *sent)
            self.compare(mailer, sent, own)

    def test_the_message_id_is_made_from_ours_alone(self) -> None:
        """Another text, recipient or sender changes nothing, another id of ours does: "from `email.message_id` alone"."""
        with self.open() as mailer, self.open() as another:
            self.deliver(mailer, mail(message_id="id-1"))
            otherwise = mail(MAX, THIRD, subject="Otherwise", text="quite", sender="branch@example.com")
            self.deliver(another, self.possible(otherwise))
            self.deliver(mailer, mail(MALLORY, message_id="id-2"))
            received = [self.arrived(mailer), self.arrived(another, MAX), self.arrived(another, THIRD)]
            different = self.arrived(mailer, MALLORY)
        ids = {tuple(found.values("Message-ID")) for found in received}
        assert len(ids) == 1, f"one id of ours becomes several Message-IDs: {ids}"
        assert tuple(different.values("Message-ID")) not in ids, "two ids of ours become one Message-ID"

    def test_the_message_id_is_the_same_elsewhere_and_later(self) -> None:
        """Another process, two days on, makes the same one, as an outbox does that was started anew: "so a repetition carries the same one"."""
        own_id = f"card-order-{uuid4()}"

        def work(say: Say) -> None:
            with clock_moved(_TWO_DAYS):
                say(self._message_id_of(own_id))

        # The copy comes first, so that it has nothing that this process remembers.
        with forked(work) as child:
            there = child.lines()
        here = self._message_id_of(own_id)
        assert there == [here], f"another process made {there} of an id, and this one {here!r}"

    def _message_id_of(self, own_id: str) -> str:
        """What a new mailer makes of an id of ours."""
        with self.open() as mailer:
            self.deliver(mailer, mail(message_id=own_id))
            return "".join(self.arrived(mailer).values("Message-ID"))

    def test_ids_that_are_alike_are_told_apart(self) -> None:
        """Ids may differ late, by a capital or by a sign alone: "different ids make different ones"."""

        @examples(30)
        @given(
            st.text(st.sampled_from(_ID_CHARACTERS), min_size=1, max_size=90),
            st.lists(st.sampled_from(_ID_CHARACTERS), min_size=2, max_size=3, unique=True),
        )
        def holds(beginning: str, ends: list[str]) -> None:
            self._tell_apart(*(f"{beginning}x{end}x" for end in ends))

        self._tell_apart(*_ONE_CHECKSUM)
        holds()

    def _tell_apart(self, *ours: str) -> None:
        """Demand as many Message-IDs as there are ids of ours."""
        with self.open() as mailer:
            for number, own_id in enumerate(ours):
                self.deliver(mailer, evolve(mail(f"reader{number}@example.org"), message_id=own_id))
            found = [
                tuple(self.arrived(mailer, f"reader{number}@example.org").values("Message-ID"))
                for number in range(len(ours))
            ]
        assert len(set(found)) == len(ours), f"{ours} become {found}"
