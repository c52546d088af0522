"""The installed version, looked up when it is asked for: the look-up takes as long as a tenth of the library."""

from __future__ import annotations

from importlib.metadata import version
from typing import Final

__version__: Final = version("loyaltycore")
