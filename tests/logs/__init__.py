"""What the library logs: where, in which words, and that nobody is named."""
