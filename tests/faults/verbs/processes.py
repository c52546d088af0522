"""Process templates made and changed; processes started, worked on, ended and reloaded."""

from __future__ import annotations

from typing import Final

from tests.faults.verbs.verb import Run, Verb


def _template(run: Run) -> None:
    """A template that is in use, with a step to move, one to do and one to leave."""
    templates = run.free.processes.templates
    templates.create("supply", name="Supply")
    for step in ("a", "b", "c"):
        templates.add_step("supply", "task", name=step.upper(), step=step)


def _started(run: Run) -> None:
    _template(run)
    for _ in range(3):
        run.free.processes.start(run.facts["erika"], "supply")


def _outdated(run: Run) -> None:
    _started(run)
    run.free.processes.templates.add_step("supply", "task", name="D", step="d", position=1)


def _hidden(run: Run) -> None:
    _template(run)
    run.free.processes.templates.hide("supply")


def _with_card(run: Run) -> None:
    run.free.processes.templates.install_customer_card()
    run.free.processes.start(run.facts["erika"], "customer-card")


def _reload(run: Run) -> None:
    run.desk.processes.reload_open_processes("supply", batch_size=2)


def _process(run: Run) -> str:
    return run.free.processes.of_customer(run.facts["erika"])[0].id


VERBS: Final = (
    Verb(
        "template made",
        lambda run: run.desk.processes.templates.create("supply", name="Supply"),
        "process_templates.create",
    ),
    Verb(
        "process of the card installed",
        lambda run: run.desk.processes.templates.install_customer_card(),
        "process_templates.install_customer_card",
    ),
    Verb(
        "template changed",
        lambda run: run.desk.processes.templates.change("supply", name="Other"),
        "process_templates.change",
        _template,
    ),
    Verb(
        "step added to a template",
        lambda run: run.desk.processes.templates.add_step("supply", "task", name="New", step="new"),
        "process_templates.add_step",
        _template,
    ),
    Verb(
        "step of a template changed",
        lambda run: run.desk.processes.templates.change_step("supply", "a", mandatory=True),
        "process_templates.change_step",
        _template,
    ),
    Verb(
        "step moved to a place",
        lambda run: run.desk.processes.templates.move_step("supply", "a", 2),
        "process_templates.move_step",
        _template,
    ),
    Verb(
        "step moved up",
        lambda run: run.desk.processes.templates.move_step_up("supply", "b"),
        "process_templates.move_step_up",
        _template,
    ),
    Verb(
        "step moved down",
        lambda run: run.desk.processes.templates.move_step_down("supply", "b"),
        "process_templates.move_step_down",
        _template,
    ),
    Verb(
        "step taken out of a template",
        lambda run: run.desk.processes.templates.remove_step("supply", "b"),
        "process_templates.remove_step",
        _template,
    ),
    Verb(
        "template hidden",
        lambda run: run.desk.processes.templates.hide("supply"),
        "process_templates.hide",
        _template,
    ),
    Verb(
        "template shown",
        lambda run: run.desk.processes.templates.show("supply"),
        "process_templates.show",
        _hidden,
    ),
    Verb(
        "template deleted",
        lambda run: run.desk.processes.templates.delete("supply"),
        "process_templates.delete",
        _template,
    ),
    Verb(
        "first process started",
        lambda run: (
            run.desk.processes.start(run.facts["erika"], "supply", answers={"notes": "asked"}).process
        ),
        "processes.start",
        _template,
    ),
    Verb(
        "card ordered by a step",
        lambda run: run.desk.processes.execute_step(_process(run), "order-card"),
        "processes.execute_step",
        _with_card,
    ),
    Verb(
        "step skipped",
        lambda run: run.desk.processes.skip_step(_process(run), "b", reason="no time"),
        "processes.skip_step",
        _started,
    ),
    Verb(
        "offer completed",
        lambda run: run.desk.processes.complete_offer(_process(run)),
        "processes.complete_offer",
        _started,
    ),
    Verb(
        "process closed",
        lambda run: run.desk.processes.close(_process(run), reason="gone"),
        "processes.close",
        _started,
    ),
    Verb(
        "open processes reloaded in two units",
        _reload,
        "processes.reload",
        _outdated,
        units=2,
    ),
)
