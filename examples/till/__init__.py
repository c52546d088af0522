"""A till that speaks JSON over HTTP."""
