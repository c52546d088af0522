"""Rules of merging."""
