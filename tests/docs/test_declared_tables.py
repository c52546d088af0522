"""The tables of the reference that say what the library declares are in the repository, and fresh."""

from __future__ import annotations

import re
from typing import Final

import pytest

from tests.docs.pages import tool

TABLES: Final = tool("declared_tables")
PAGES: Final = dict(TABLES.pages())


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_the_tables_are_fresh(path: object) -> None:
    """What stands on a page is what the library declares today; `python docs/_tools/declared_tables.py` writes it."""
    assert path.read_text("utf-8") == PAGES[path]


def test_every_table_stands_on_a_page() -> None:
    """No table is drawn for nobody."""
    used = re.findall("<!-- table: ([a-z-]+) -->", "\n".join(PAGES.values()))
    assert sorted(used) == sorted(TABLES.TABLES)
