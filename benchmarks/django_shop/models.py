"""What Django is told of the tables."""

from __future__ import annotations

from django.db import models


class Customer(models.Model):
    """Somebody to whom the rest belongs."""

    last_name = models.TextField()


class Row(models.Model):
    """What the three tables have in common."""

    customer = models.ForeignKey(Customer, models.CASCADE)
    text = models.TextField()

    class Meta:
        """No table of its own."""

        abstract = True


class FirstRow(Row):
    """A record of the first table."""


class SecondRow(Row):
    """A record of the second table."""


class ThirdRow(Row):
    """A record of the third table."""
