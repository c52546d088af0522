"""Cards: their verbs, and what is agreed with the vendor."""
