"""Mail by SMTP: the `Mailer` port on `smtplib` and `email`, with nothing to install.

    from loyaltycore_email import Security, SmtpMailer

    mailer = SmtpMailer(
        host="mail.example.org", sender="shop@example.org", sender_name="Optik Laden",
        username="shop", password=...,
    )

Each recipient gets a copy of its own in a transaction of its own, so that nobody reads who else was written to and
every recipient has an outcome of its own. Connections are kept between mails and shared between threads.

The modules, from the inside out: `addresses` and `headers` write single values safely, `letter` makes a message of
them, `replies` turns what a server says into receipts, `connection` speaks one session, `pool` keeps sessions,
`route` takes one mail through them, and `mailer` is the face.
"""

from loyaltycore_email.mailer import SmtpMailer
from loyaltycore_email.settings import Security

__all__ = ["Security", "SmtpMailer"]
