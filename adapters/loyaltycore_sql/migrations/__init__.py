"""The revisions of the library's own tables, run by Alembic.

A published revision names all that it makes and derives: it imports nothing that goes on changing.
"""

from __future__ import annotations

from typing import Final

REVISIONS: Final = ("0001", "0002")
"""All revisions, the oldest first: known without Alembic, which few starts need and which takes long to load."""
