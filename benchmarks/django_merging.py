"""Merging a customer with very much of everything as Django's applications do it: record by record."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.django_site import set_up_django
from benchmarks.timing import processor, seconds

PORTION = 10_000


def peers(rows: int) -> Iterator[tuple[str, float]]:
    """How long each of them takes for so many records in three tables, in processor time on SQLite in memory."""
    set_up_django()
    from django.core.management import call_command

    call_command("migrate", run_syncdb=True, verbosity=0)
    yield from (
        ("django-extensions", _time(rows, _extensions)),
        ("django-super-deduper", _time(rows, _deduper)),
    )


def _time(rows: int, merge: Callable[[Any, Any], object]) -> float:
    from django.db import transaction

    from benchmarks.django_shop import models

    one, two = (models.Customer.objects.create(last_name=name) for name in ("One", "Two"))
    kinds = (models.FirstRow, models.SecondRow, models.ThirdRow)
    for kind in kinds:
        kind.objects.bulk_create(
            [kind(customer=two, text="text") for _ in range(rows // len(kinds))], batch_size=PORTION
        )

    def work() -> None:
        with transaction.atomic():
            merge(one, two)

    taken = seconds(work, processor)
    if sum(kind.objects.filter(customer=one).count() for kind in kinds) != rows:
        raise AssertionError("something was left behind")
    return taken


def _extensions(one: Any, two: Any) -> None:
    from django_extensions.management.commands.merge_model_instances import Command

    Command(stdout=io.StringIO()).merge_model_instances(one, [two])


def _deduper(one: Any, two: Any) -> None:
    from django_super_deduper.merge import MergedModelInstance

    MergedModelInstance.create(one, [two], keep_old=False)
