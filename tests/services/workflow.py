"""Templates and processes that many tests begin with."""

from __future__ import annotations

from typing import Any

from loyaltycore.customers.rules.customer import Customer
from loyaltycore.processes import Process, ProcessTemplate
from loyaltycore.properties import PropertyValue, StepReference
from tests.house import House


def with_origin(house: House) -> None:
    """Define a property by which customers are classified."""
    values = [PropertyValue("own", "Own"), PropertyValue("third-party", "Third party")]
    house.desk.properties.define("origin", name="Origin", values=values)


def with_two_properties(house: House) -> House:
    """Define a property of one value per customer, and one of several."""
    values = [PropertyValue("own", "Own"), PropertyValue("third", "Third party", "3P", "#aa3300")]
    house.desk.properties.define("origin", name="Origin", values=values)
    likes = [PropertyValue("sport"), PropertyValue("music"), PropertyValue("opera")]
    house.desk.properties.define("likes", name="Likes", values=likes, multi_valued=True)
    return house


def template(
    house: House, key: str = "supply", *steps: str | dict[str, Any], **facts: Any
) -> ProcessTemplate:
    """Make a template with steps: a text is a task of that key, else the facts of a step with its key and type."""
    templates = house.desk.processes.templates
    made = templates.create(key, name=facts.pop("name", key.capitalize()), **facts)
    for each in steps:
        step = {"step": each} if isinstance(each, str) else dict(each)
        step_type = step.pop("type", "task")
        made = templates.add_step(key, step_type, **{"name": step["step"].capitalize(), **step})
    return made


def running(house: House, *steps: str | dict[str, Any], **facts: Any) -> Process:
    """Start a process of a new customer from a new template."""
    template(house, "supply", *steps, **facts)
    return house.desk.processes.start(house.customer().id, "supply").process


def step_of(house: House, customer: Customer) -> StepReference:
    """The step of a process that was started for a customer."""
    if house.desk.processes.templates.find("").items == ():
        template(house, "supply", "classify")
    process = house.desk.processes.start(customer.id, "supply").process
    return StepReference(process.id, process.steps[0].id)


CLASSIFY = {"step": "classify", "type": "assign_property", "settings": {"property": "origin"}}
"""The step that asks where the customer comes from."""

TOO_DEEP: list[object] = []
for _ in range(5000):
    TOO_DEEP = [TOO_DEEP]
"""A list nested too deep to be written."""
