"""The tests of the mailer suite, by subject."""
