"""How a chain of opticians gets to know its customers: complete data first, then a classification in every process.

    python examples/know_the_customer.py

The chain switches on what it wants to collect, a new customer is taken on with gaps and is reminded of, and starting a
process asks for what is missing. Then a mandatory step is put into the process template, open processes are reloaded,
and an offer is held up until the customer has been classified, by which customers are then selected. Everything is kept in an SQLite database in memory; the
program checks itself and ends with 0 only if everything came out as it should.
"""

from __future__ import annotations

from collections.abc import Callable

from loyaltycore import Address, Desk, Loyalty, Refused
from loyaltycore.completeness import ASK_AGAIN_MONTHS, EMAIL, MOBILE, POSTAL_ADDRESS, PRIVACY_STATEMENT
from loyaltycore.processes import Process
from loyaltycore.selections import AllOf, FieldCondition, RelatedCondition
from loyaltycore_sql import SqlStorage

TEMPLATE = "new-supply-gkv"
CLASSIFY = "classify"
BAR = 30


def main() -> None:
    """Play both pages of the manual, one after the other."""
    storage = SqlStorage("sqlite:///:memory:")
    loyalty = Loyalty(storage)
    office = loyalty.session("admin")
    office.branches.create("berlin", name="Optik Berlin")

    desk = switch_options_on(loyalty)
    open_processes = collect_data(desk)
    add_classification(desk, open_processes)
    complete_offers(desk, open_processes)
    show_coverage(desk)
    select_customers(desk)
    storage.close()


def switch_options_on(loyalty: Loyalty) -> Desk:
    """Options reach the sessions that are opened after the change, and no other one."""
    title("The chain says what it wants to know")
    early = loyalty.session("anna", "berlin")
    office = loyalty.session("admin")
    for option in (POSTAL_ADDRESS, EMAIL, MOBILE, PRIVACY_STATEMENT):
        office.settings.change(option, value=True)
        print(f"  on: {option.key:35} section {option.section!r} on the tab {option.tab!r}")
    office.settings.change(ASK_AGAIN_MONTHS, 6)
    late = loyalty.session("anna", "berlin")
    print(f"  fields watched by the session opened before: {len(early.completeness.watching.watches)}")
    print(f"  fields watched by the session opened after:  {len(late.completeness.watching.watches)}")
    check(not early.completeness.watching.watches, "an open session keeps its options")
    return late


def collect_data(desk: Desk) -> list[Process]:
    """A reminder holds nothing up: neither taking a customer on nor starting a process."""
    title("A new customer, and what is missing")
    desk.processes.templates.create(TEMPLATE, name="New supply GKV", kind="hearing_supply", search_key="NV")
    desk.processes.templates.add_step(TEMPLATE, "task", name="Hearing test", step="test")

    form = desk.completeness.draft(last_name="Mustermann", first_name="Erika")
    print("  in the form, marked red:  ", ", ".join(gap.label for gap in form.gaps))
    erika = desk.customers.create(last_name="Mustermann", first_name="Erika")
    check(desk.completeness.of(erika.id).gaps == form.gaps, "customer and form are judged alike")

    request = desk.processes.draft(erika.id).completion
    check(request is not None, "starting a process asks for what is missing")
    answers = {
        "email": "erika@example.org",
        "addresses": [Address("Lindenstraße 5", "10969", "Berlin", "DE")],
    }
    started = desk.processes.start(erika.id, TEMPLATE, answers=answers)
    left = desk.completeness.of(erika.id)
    print("  answered while starting:  ", ", ".join(answers))
    print("  still missing:            ", ", ".join(gap.label for gap in left.gaps))
    print("  asked again from:         ", min(str(gap.ask_again_on) for gap in left.gaps))
    check(desk.processes.draft(erika.id).completion is None, "what was asked is not asked again so soon")

    otto = desk.customers.create(last_name="Mustermann", first_name="Otto")
    unasked = desk.processes.start(otto.id, TEMPLATE)
    check(unasked.completion is not None, "a process that nobody was asked at starts all the same")
    return [started.process, unasked.process]


def add_classification(desk: Desk, open_processes: list[Process]) -> None:
    """A step reaches running processes by a reload, and only by that."""
    title("Every customer is to be classified")
    desk.properties.define("customer-category", name="Customer categories")
    desk.properties.add_value("customer-category", "own", label="Own customer")
    desk.properties.add_value("customer-category", "third-party", label="Third-party customer")
    desk.processes.templates.add_step(
        TEMPLATE,
        "assign_property",
        name="Classify the customer",
        step=CLASSIFY,
        position=0,
        mandatory=True,
        pre_step=True,
        settings={"property": "customer-category"},
    )
    desk.processes.templates.change(TEMPLATE, open_mandatory="block")
    check(len(desk.processes.get(open_processes[0].id).steps) == 1, "a running process stays as it was")

    first, second = (desk.processes.reload_open_processes(TEMPLATE) for _ in range(2))
    print(f"  reloaded once:  {first.changed} processes changed, {first.steps_added} steps added")
    print(f"  reloaded twice: {second.changed} processes changed")
    check((first.steps_added, second.changed) == (2, 0), "twice is the same as once")
    for waiting in desk.processes.open_steps(template=TEMPLATE, step=CLASSIFY).items:
        customer = desk.customers.get(waiting.process.customer_id)
        print(f"  still to classify: {customer.display_name}")


def complete_offers(desk: Desk, open_processes: list[Process]) -> None:
    """What is mandatory holds the offer up; what is a pre-step holds the other steps up."""
    title("The offer waits for the classification")
    process = open_processes[0]
    refused("doing the hearing test first", lambda: desk.processes.execute_step(process.id, "test"))
    refused("completing the offer", lambda: desk.processes.complete_offer(process.id))

    desk.processes.execute_step(process.id, CLASSIFY, value="third-party")
    desk.processes.execute_step(process.id, "test")
    done = desk.processes.complete_offer(process.id)
    (held,) = desk.properties.of_customer(process.customer_id)
    print(f"  then: {held.value}, assigned by {held.assigned_by}; the process is {done.state.value}")
    check(held.value == "third-party", "doing the step has classified the customer")


def show_coverage(desk: Desk) -> None:
    """The report over all customers, as a picture."""
    title("How complete the data of all customers are")
    report = desk.completeness.report()
    for group in report.groups:
        print(
            f"  {group.label:22} {'#' * round(group.share * BAR):{BAR}} {group.filled} of {group.customers}"
        )
    print(f"  with gaps: {report.with_gaps} of {report.customers}, mean score {report.score:.2f}")
    for gaps in desk.completeness.each_gap():
        missing = ", ".join(gap.label for gap in gaps.completeness.gaps)
        print(f"  {gaps.customer.display_name}: {missing}")
    check(report.reach("email").filled == 1, "one of two customers can be reached by e-mail")


def select_customers(desk: Desk) -> None:
    """What is known of the customers is what they can be selected by."""
    title("Whom to write to")
    where = AllOf(
        FieldCondition("property.customer-category", "is", "third-party"),
        FieldCondition("has_post", "is", value=True),
        RelatedCondition("processes", where=FieldCondition("state", "is", "completed")),
    )
    desk.selections.save("Third-party customers to win over", where)
    print(f"  {desk.selections.words(where)}")
    found = [
        customer.display_name for customer in desk.selections.stream(name="Third-party customers to win over")
    ]
    print("  fits:", ", ".join(found))
    check(found == ["Erika Mustermann"], "the one who was classified and can get a letter is selected")


def refused(what: str, call: Callable[[], object]) -> None:
    """Do what will be refused, and print why."""
    try:
        call()
    except Refused as refusal:
        print(f"  {what}: no, {refusal.code}")
    else:
        raise SystemExit(f"broken: {what} should have been refused")


def check(kept: object, promise: str) -> None:
    """End the program where it did not come out as it should."""
    if not kept:
        raise SystemExit(f"broken: {promise}")


def title(text: str) -> None:
    """Print a heading."""
    print(f"\n{text}")


if __name__ == "__main__":
    main()
