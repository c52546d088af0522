"""Processes, their templates, how they start and how they are brought up to date."""
