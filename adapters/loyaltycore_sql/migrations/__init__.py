"""The revisions of the library's own tables, run by Alembic."""
