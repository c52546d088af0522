"""What a field that the host application adds to the customer may hold."""

from __future__ import annotations

from datetime import date
from typing import TypeAlias

CustomValue: TypeAlias = str | int | bool | date
