"""Whatever something is made with, it works or says so at once, in one typed error, before anything is opened."""

from __future__ import annotations

from typing import Final

import pytest

from loyaltycore import (
    InvalidInput,
    MissingExtra,
    NotFound,
    Refused,
    RegistrationError,
    WebhookRejected,
)
from tests.odd.makers import Part, parts
from tests.odd.test_calls import NoEnd, has_an_end, soon
from tests.odd.values import ODD

PARTS: Final = parts()
TYPED: Final = (InvalidInput, RegistrationError, NotFound, Refused, MissingExtra, WebhookRejected)

OWN_ERRORS: Final = {"Capability(check)": TypeError}
"""Whose fault it is that a caller's own function fails."""


def _try_out(part: Part, value: object) -> str:
    try:
        with soon():
            part.make(value)
    except TYPED as error:
        return "" if has_an_end(error) else f"{type(error).__name__} has no end"
    except (Exception, NoEnd) as error:  # noqa: BLE001  that is what this is about
        own = isinstance(error, OWN_ERRORS.get(str(part), ()))
        return "" if own else f"raised {type(error).__name__}"
    return ""


@pytest.mark.parametrize("name", ODD)
def test_what_cannot_work_is_refused_where_it_is_made(name: str) -> None:
    """Every argument of every constructor and public function: one typed error that has an end."""
    wrong = {str(part): _try_out(part, ODD[name]()) for part in PARTS}
    assert {part: said for part, said in wrong.items() if said} == {}


def test_every_option_is_tried() -> None:
    """The law above holds for what is found here."""
    found = {str(part) for part in PARTS}
    assert {
        "Loyalty(clock)",
        "SqlStorage(pool_size)",
        "SmtpMailer(tls_context)",
        "RecordType(lengths)",
    } <= found
    assert len(found) > 90
