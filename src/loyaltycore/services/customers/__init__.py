"""Customers: their verbs, their numbers, their import."""
