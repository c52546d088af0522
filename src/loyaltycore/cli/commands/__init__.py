"""The commands, each a module with its name, its help, its options and what it does."""
