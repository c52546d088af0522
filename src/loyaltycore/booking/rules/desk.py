"""What the staff do with an appointment: make one, confirm, assign, move, mark as missed."""

from __future__ import annotations

from datetime import datetime

from attrs import evolve, frozen

from loyaltycore.booking.rules.appointment import Appointment, AppointmentState, ended, require_open
from loyaltycore.booking.rules.blocking import blocked_by, is_block
from loyaltycore.booking.rules.grid import limit_kind
from loyaltycore.booking.rules.planner import AppointmentTemplate, Resource
from loyaltycore.booking.rules.sheets import Sheets, Written
from loyaltycore.booking.rules.wall_time import local_date
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.customers.rules.form import CustomerFields
from loyaltycore.errors import Refused
from loyaltycore.kernel.branches import Branch
from loyaltycore.kernel.contact import Address
from loyaltycore.kernel.decisions import Decision, Note
from loyaltycore.kernel.occupancy import find_clash


@frozen
class Place:
    """Where an appointment is to take place."""

    resource: Resource
    branch: Branch
    template: AppointmentTemplate | None
    sheets: Sheets


def make(appointment: Appointment, place: Place, now: datetime) -> Decision[Appointment]:
    """Write an appointment down that the staff have made, at any time at which the resource is free.

    Raises:
        Refused: ``resource.hidden``, ``resource.elsewhere`` or ``appointment.clash``.
    """
    _require_usable(place.resource, place.branch)
    written = _claimed(appointment, place, now)
    return Decision(
        appointment,
        add=(appointment, *written.add),
        save=written.save,
        notes=(Note("appointment.made", after=appointment),),
    )


def move(
    appointment: Appointment, starts_at: datetime, place: Place, left: Sheets | None, now: datetime
) -> Decision[Appointment]:
    """Move an appointment: it gives up the old time and takes the new one, or nothing happens.

    Args:
        left: The sheets of the resource that it leaves; None if it stays there.

    Raises:
        Refused: ``appointment.over``, ``resource.hidden``, ``resource.elsewhere`` or ``appointment.clash``.
    """
    require_open(appointment)
    same = appointment.resource_id == place.resource.id
    if same and appointment.starts_at == starts_at:
        return Decision(appointment)
    if not same:
        _require_usable(place.resource, place.branch)
    after = evolve(
        appointment,
        starts_at=starts_at,
        ends_at=starts_at + (appointment.ends_at - appointment.starts_at),
        resource_id=place.resource.id,
        sequence=appointment.sequence + 1,
    )
    written = _claimed(after, place, now)
    cleared = left.cleared(appointment.id, now) if left else Written((), ())
    return Decision(
        after,
        add=(*written.add, *cleared.add),
        save=(after, *written.save, *cleared.save),
        notes=(Note("appointment.moved", appointment, after),),
    )


def _require_usable(resource: Resource, branch: Branch) -> None:
    require_here(resource, branch)
    if resource.hidden:
        raise Refused("resource.hidden", f"{resource.id!r} takes no new appointments", resource=resource.id)


def require_here(resource: Resource, branch: Branch) -> None:
    """Make sure that a resource is one of a branch.

    Raises:
        Refused: ``resource.elsewhere``.
    """
    if resource.branch_id != branch.id:
        raise Refused(
            "resource.elsewhere",
            f"the resource {resource.id!r} belongs to the branch {resource.branch_id!r}",
            resource=resource.id,
            branch=resource.branch_id,
        )


def _claimed(appointment: Appointment, place: Place, now: datetime) -> Written:
    day = local_date(place.branch.time_zone, appointment.starts_at)
    hold = appointment.hold(limit_kind(place.template, day) if place.template else "")
    clash = find_clash(place.sheets.holds, hold, place.resource.capacity, now)
    if clash is not None:
        raise Refused(
            "appointment.clash",
            "the resource is taken at this time",
            appointments=tuple(
                each.key for each in clash.holds if each.lapses_at is None and not is_block(each)
            ),
            blocked_by=blocked_by(clash.holds),
            held_until=max((each.lapses_at for each in clash.holds if each.lapses_at), default=None),
            remedy="choose another time or another resource",
        )
    return place.sheets.entered(hold, now)


def confirm(appointment: Appointment) -> Decision[Appointment]:
    """Say that somebody of the staff has looked at a request; a second time changes nothing.

    Raises:
        Refused: ``appointment.over``.
    """
    if require_open(appointment).state is AppointmentState.CONFIRMED:
        return Decision(appointment)
    after = evolve(appointment, state=AppointmentState.CONFIRMED)
    return Decision(after, save=(after,), notes=(Note("appointment.confirmed", appointment, after),))


def assign(appointment: Appointment, customer: Customer) -> Decision[Appointment]:
    """Say whose appointment it is; it changes nothing about the customer."""
    if appointment.customer_id == customer.id:
        return Decision(appointment)
    after = evolve(appointment, customer_id=customer.id)
    return Decision(after, save=(after,), notes=(Note("appointment.assigned", appointment, after),))


def require_unassigned(appointment: Appointment) -> None:
    """Refuse to make a customer for an appointment that has one.

    Raises:
        Refused: ``appointment.assigned``.
    """
    if appointment.customer_id is not None:
        raise Refused(
            "appointment.assigned",
            "this appointment has a customer",
            customer=appointment.customer_id,
            remedy="assign another customer, if it is the wrong one",
        )


def miss(appointment: Appointment, now: datetime, actor: str) -> Decision[Appointment]:
    """Note that nobody came; the time stays taken, because it is over.

    Raises:
        Refused: ``appointment.over``; ``appointment.not_begun``.
    """
    require_open(appointment)
    if now < appointment.starts_at:
        raise Refused(
            "appointment.not_begun", "the appointment has not begun", starts_at=appointment.starts_at
        )
    after = ended(appointment, AppointmentState.NO_SHOW, now, actor, "")
    return Decision(after, save=(after,), notes=(Note("appointment.missed", appointment, after),))


def prefill(appointment: Appointment, branch: Branch) -> CustomerFields:
    """The fields of a customer as the request says them: for a search, or for a form."""
    request = appointment.request
    if request is None:
        return {"branch_id": branch.id}
    fields: CustomerFields = {
        "branch_id": branch.id,
        "first_name": request.first_name,
        "last_name": request.last_name,
        "email": request.email,
        "phones": [request.phone],
    }
    if request.street or request.city:
        fields["addresses"] = [Address(request.street, request.postal_code, request.city, branch.country)]
    return fields
