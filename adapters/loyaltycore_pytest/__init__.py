"""The pytest plug-in: lets the assertions of the shipped conformance tests say what they compared.

pytest finds it by its entry point and loads it before anything else, so it imports nothing of the library: a coverage
measurement that begins later would not see imports this early.
"""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite("loyaltycore.testing")
