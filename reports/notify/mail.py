# SPDX-License-Identifier: Apache-2.0
"""Send a message by mail: SMTP with STARTTLS or TLS, logging on where the site says so.

Source: RFC 5321, RFC 3207 (STARTTLS), RFC 8314 (TLS from the first byte), RFC 4954 (AUTH).
"""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import TYPE_CHECKING, Any, Final

from reports.notify.failure import DeliveryError, of_system

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from reports.notify.secrets import Secrets
    from reports.notify.wording import Message

SECONDS: Final = 15.0
PORTS: Final = {"starttls": 587, "tls": 465, "none": 25}


def send(message: Message, options: Mapping[str, Any], secrets: Secrets, at: datetime) -> None:
    """Hand one message to the mail server; `at` is the time in its head.

    Raises:
        DeliveryError: the server did not take it for every recipient.
        SecretError: the password is not where it should be.
    """
    letter = _letter(message, options, secrets, at)
    password = secrets.get(options["password"]) if "password" in options else ""
    try:
        with _opened(options) as server:
            if password:
                server.login(options["user"], password)
            refused = server.send_message(letter)
    except smtplib.SMTPAuthenticationError as error:
        # What the server says may quote what was sent.
        raise DeliveryError(f"{options['server']} does not let {options['user']} log on (SMTP {error.smtp_code})") from error
    except smtplib.SMTPException as error:
        raise DeliveryError(f"{options['server']} did not take the mail: {_said(error)}") from error
    except (OSError, UnicodeError) as error:
        raise of_system(options["server"], error) from error
    if refused:
        raise DeliveryError(f"{options['server']} refused {', '.join(sorted(refused))}")


def _opened(options: Mapping[str, Any]) -> smtplib.SMTP:
    security = options.get("security", "starttls")
    port = options.get("port", PORTS[security])
    if security == "tls":
        return smtplib.SMTP_SSL(options["server"], port, timeout=SECONDS, context=trusting(options))
    server = smtplib.SMTP(options["server"], port, timeout=SECONDS)
    if security == "starttls":
        # A server that does not offer it raises: nothing is sent in clear instead.
        try:
            server.starttls(context=trusting(options))
        except BaseException:
            server.close()
            raise
    return server


def trusting(options: Mapping[str, Any]) -> ssl.SSLContext:
    """Make what checks certificates: by `ca_file` where the site has an authority of its own, else by the system's."""
    return ssl.create_default_context(cafile=options.get("ca_file"))


def _letter(message: Message, options: Mapping[str, Any], secrets: Secrets, at: datetime) -> EmailMessage:
    letter = EmailMessage()
    letter["Subject"] = secrets.hide(message.heading)
    letter["From"] = options["from"]
    letter["To"] = ", ".join(options["to"])
    letter["Date"] = format_datetime(at)
    letter["Message-ID"] = make_msgid(domain="menshen.invalid")
    # Programs that answer mail by themselves (holiday notes) leave such mail alone (RFC 3834).
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(secrets.hide(message.text) + "\n")
    return letter


def _said(error: smtplib.SMTPException) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"SMTP {error.smtp_code}"
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return f"no recipient is accepted: {', '.join(sorted(error.recipients))}"
    return " ".join(str(error).split())
