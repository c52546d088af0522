"""The page of limits says what the library does."""

from __future__ import annotations

from typing import Final

from loyaltycore import errors, loyalty, webhooks
from loyaltycore.booking.rules import blocking, hours as booking_hours, offering, setup as booking_setup
from loyaltycore.branches.rules import form as branch_form
from loyaltycore.cards.rules import order_service
from loyaltycore.completeness.rules import answers
from loyaltycore.customers import importing
from loyaltycore.customers.rules import customer, import_report, table_columns, table_lines
from loyaltycore.kernel import criteria, custom_fields, fates, limiting, money, outbox
from loyaltycore.kernel.ledger import spending
from loyaltycore.kernel.pricing import checking, order
from loyaltycore.merging import finding
from loyaltycore.processes.rules import template_form
from loyaltycore.processes.steps import complete_data
from loyaltycore.programs import many as programs_many
from loyaltycore.programs.rules import many as many_uses, terms as program_terms
from loyaltycore.properties.rules import form as property_form
from loyaltycore.sales import service as sales
from loyaltycore.sales.rules import tally
from loyaltycore.selections.rules import json_form
from loyaltycore.storing import checks
from loyaltycore.templates.rules import (
    language as template_language,
    saving as template_saving,
    trying as template_trying,
)
from loyaltycore.vouchers import batches
from loyaltycore.vouchers.rules import importing as importing_codes
from loyaltycore.work import calls, house, paging, records
from loyaltycore_calendars import bounds, busy
from loyaltycore_cardprint import webhooks as cardprint_webhooks
from loyaltycore_email import bounces
from loyaltycore_sms import gateway, seven
from tests.docs.pages import ROOT, table

PAGE: Final = ROOT / "docs" / "reference" / "limits.md"

LIMITS: Final = {
    "phone numbers of a customer": customer.MAX_PHONES,
    "addresses of a customer": customer.MAX_ADDRESSES,
    "custom fields": custom_fields.MOST_FIELDS,
    "choices of a custom field": custom_fields.MOST_CHOICES,
    "characters of a text in a custom field": custom_fields.TEXT_LENGTH,
    "answers to a completion request": answers.MOST_ANSWERS,
    "extra dates of a branch, closed or open": branch_form.MOST_DAYS,
    "card templates of an order service": order_service.MOST_TEMPLATES,
    "slots of a card template": order_service.MOST_SLOTS,
    "stretches of hours in one list": booking_hours.MOST_HOURS,
    "dates on which the hours of a resource differ": booking_setup.MOST_EXCEPTIONS,
    "appointments at the same moment of one resource": booking_setup.MOST_CAPACITY,
    "days of the grid of a planner": offering.MOST_DAYS,
    "days ahead that a template may be booked": booking_setup.MOST_AHEAD,
    "holds of a purse at the same moment": spending.MOST_HOLDS,
    "open reservations that hold something of one program's limits, or of one share of them": tally.MOST_HOLDS,
    "limits of a rule": checking.MOST_LIMITS,
    "lines of an order": order.MOST_LINES,
    "units of an order": order.MOST_UNITS,
    "minutes of a reservation": sales.LONGEST_RESERVATION,
    "uses entered in one unit of work": programs_many.PORTION,
    "refusals that a report of many uses lists": many_uses.KEPT_REFUSALS,
    "codes not taken over that the report of an import lists": importing_codes.KEPT_PLACES,
    "vouchers of a batch": batches.MOST_CODES,
    "articles or groups in one list of a program": program_terms.MOST_WORDS,
    "quotas or modules of a program": program_terms.MOST_PARTS,
    "texts of a message template": template_saving.MOST_TEXTS,
    "characters of the body of a message template": template_saving.BODY_LENGTH,
    "characters of the subject of a message template": template_saving.SUBJECT_LENGTH,
    "values and conditions in one text of a message template": template_language.MOST_PLACES,
    "depth of conditions in a message template": template_language.DEEPEST,
    "messages that a text takes as the usual sample gets it": template_trying.MOST_SEGMENTS,
    "days before an appointment on which its customer is reminded": booking_setup.MOST_REMIND,
    "minutes for which a time is held": booking_setup.MOST_HELD,
    "tries that a rate limit counts": limiting.MOST_TRIES,
    "values of a property": property_form.MOST_VALUES,
    "customers compared who share an e-mail address, a phone number or a date of birth": finding.MOST_COMPARED,
    "customers compared who sound the same, and as many who live at one place": finding.MOST_ALIKE,
    "steps of a process template": template_form.MOST_STEPS,
    "settings or results of a step": template_form.MOST_VALUES,
    "fields that a step asks for": complete_data.MOST_FIELDS,
    "conditions in a selection": json_form.MAX_PARTS,
    "depth of a condition": json_form.MAX_DEPTH,
    "values in a condition": json_form.MAX_VALUES,
    "characters of the JSON form of a condition": json_form.LONGEST_JSON,
    "values of one_of in a criterion": criteria.MOST_VALUES,
    "depth of a criterion": checks.MAX_DEPTH,
    "records on a page": paging.LONGEST_PAGE,
    "rows of an import in one unit of work": importing.LARGEST_BATCH,
    "faults of rejected rows that the report of an import lists": import_report.KEPT_ROWS,
    "rows of known customers that the report of an import lists": import_report.KEPT_ROWS,
    "fields left out that the report of an import lists": import_report.KEPT_ROWS,
    "columns that an import can be told": table_columns.MOST_COLUMNS,
    "bytes of one line of an import": table_lines.MAX_LINE_BYTES,
    "parts into which an amount of money is split": money.MOST_SHARES,
    "characters of a command key": records.COMMAND_KEY_LENGTH,
    "parts of an argument of a keyed command": calls.MOST_PARTS,
    "depth of an argument of a keyed command": calls.DEEPEST,
    "bytes of a vendor's webhook call": webhooks.LONGEST_BODY,
    "headers of a vendor's webhook call": cardprint_webhooks.MOST_HEADERS,
    "messages that a gateway may be allowed for one text": gateway.MOST_SEGMENTS,
    "characters of a text for seven.io": seven.LONGEST_TEXT,
    "reports that are kept of a message": fates.MOST_REPORTS,
    "bytes of a mail that came back": bounces.MOST_BYTES,
    "bytes of a calendar that is read": busy.MOST_BYTES,
    "events of a calendar that is read": bounds.MOST_TIMES,
    "days of a calendar that are read at once": busy.LONGEST_SPAN.days,
    "busy times of a resource that are said at once": blocking.MOST_TIMES,
    "days of which busy times are said at once": blocking.LONGEST_SPAN.days,
    "tries of a message": outbox.MOST_ATTEMPTS,
    "capabilities of a host application": loyalty.MOST_CAPABILITIES,
    "additions of a capability at one point": house.MOST_ADDITIONS,
    "faults listed in one error; more counts the rest": errors.MOST_FAULTS,
    "characters of an error's message": errors.LONGEST_MESSAGE,
    "characters of a fault's message": errors.LONGEST_FAULT,
    "characters of a fault's place": errors.LONGEST_PLACE,
}


def test_the_page_names_the_limits_that_hold() -> None:
    """A limit that is changed in one place alone would be a promise that nobody keeps."""
    shown = {row["What"]: row["Most"] for row in table(PAGE, "Limits")}
    assert shown == {what: f"{most:,}" for what, most in LIMITS.items()}
