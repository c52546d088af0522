"""Rules of message templates."""
