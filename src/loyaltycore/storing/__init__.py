"""The declarations of everything that is stored, by capability."""
