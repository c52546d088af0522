"""An optician in Dublin with two rooms, and two kinds of appointment that can be booked online."""

from __future__ import annotations

from typing import Final

from loyaltycore import Address, Loyalty
from loyaltycore.booking import hours_on

BRANCH: Final = "dublin"


def set_up(loyalty: Loyalty, address: str) -> None:
    """Set the shop up, as often as you like.

    Args:
        address: Where the page is served, for the links in mails.
    """
    admin = loyalty.session("admin")
    admin.branches.ensure(
        BRANCH,
        name="Byrne Opticians",
        country="IE",
        time_zone="Europe/Dublin",
        address=Address("12 Example Street", "D02 AF30", "Dublin", "IE"),
        email="dublin@opticians.example",
    )
    admin.settings.change(admin.settings.option("booking.cancel_link"), f"{address}/appointments/{{token}}")
    setup = admin.appointments.setup
    week = hours_on(range(5), "09:00-12:30", "13:30-17:30")
    for number in (1, 2):
        setup.save_resource(f"room-{number}", branch_id=BRANCH, name=f"Room {number}", week=week, online=True)
    setup.save_template(
        "eye-test", name="Eye test", length=30, step=30, notice=60, ahead=60, cancel_until=120, online=True
    )
    setup.save_template(
        "hearing-test", name="Hearing test", length=60, step=60, clear_up=10, notice=60, ahead=60, online=True
    )
