"""One module per revision; what is published never changes."""
