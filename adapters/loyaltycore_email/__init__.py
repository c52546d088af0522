"""Mail by SMTP: the `Mailer` port on top of `smtplib` and `email`, with nothing to install.

    from loyaltycore_email import Security, SmtpMailer

    mailer = SmtpMailer(
        host="mail.example.org", sender="shop@example.org", sender_name="Optik Laden",
        username="shop", password=...,
    )

Each recipient gets a separate copy in a separate transaction, so that nobody sees the other recipients and every
recipient has an outcome. Connections are kept between mails and shared between threads.

The modules, from the inside out: `addresses` and `headers` write single values safely, `letter` makes a message from
them, `replies` turns a server's replies into receipts, `connection` is one session, `pool` keeps sessions, `route`
takes one mail through them, and `mailer` is what users see.
"""

from loyaltycore_email.mailer import SmtpMailer
from loyaltycore_email.settings import Security

__all__ = ["Security", "SmtpMailer"]
