"""A small page on which customers book, and the desk of the staff behind it."""
