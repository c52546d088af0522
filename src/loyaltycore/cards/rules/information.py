"""Asking for information about customer cards while no order service is set up."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from loyaltycore.cards.rules.letters import information_mail
from loyaltycore.errors import Refused
from loyaltycore.kernel.branches import Branch
from loyaltycore.kernel.contact import parse_email
from loyaltycore.kernel.decisions import Decision, Dispatch, Note
from loyaltycore.kernel.showing import showing
from loyaltycore.kernel.validation import Faults

TEXT_LENGTH = 2000


@frozen(repr=False)
class InformationRequest:
    """A recorded request for information."""

    __repr__ = showing("id")

    id: str
    branch_id: str
    """Where; empty for the head office."""
    requested_by: str
    requested_at: datetime
    text: str
    """What they want to know."""
    recipient: str
    """Whom it was mailed to."""
    version: int = 1


def request_information(
    request_id: str, branch: Branch, actor: str, now: datetime, text: object, recipient: object
) -> Decision[InformationRequest]:
    """Record and mail a request for information; it creates neither card nor order.

    Raises:
        InvalidInput: Names every fault.
        Refused: ``card_information.no_recipient``.
    """
    with Faults() as faults:
        clean = faults.text("text", text, limit=TEXT_LENGTH, multiline=True)
        address = faults.text("to", recipient, limit=254)
        if address:
            given = address
            address = faults.parsed("to", lambda: parse_email(given), "")
    if not address:
        raise Refused(
            "card_information.no_recipient",
            "nobody is named to ask for information about cards",
            remedy="set the option cards.information_email, or give an address",
        )
    request = InformationRequest(request_id, branch.id, actor, now, clean, address)
    key = f"{request_id}.information"
    mail = information_mail(clean, branch, actor, address, key)
    return Decision(
        request,
        add=(request,),
        dispatch=(Dispatch("email.send", mail, key, request),),
        notes=(Note("card_information.requested", after=request),),
    )
