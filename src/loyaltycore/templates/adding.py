"""Where capabilities add what messages are for."""

from __future__ import annotations

from typing import Final

from loyaltycore.templates.rules.purposes import Purpose, Purposes
from loyaltycore.work.capability import Point

PURPOSES: Final = Point[Purpose, Purposes]("purposes of messages", Purposes)
