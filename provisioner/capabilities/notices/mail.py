"""Letters by SMTP."""

import re
import smtplib
import socket
import ssl
from collections.abc import Iterator, Sequence
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate
from functools import cache

from provisioner.capabilities.notices.model import MAIL_ADDRESS, Letter, Notice, SendAnswer, SendResult
from provisioner.capabilities.notices.reasons import MAIL_AWAY, MAIL_LATER, MAIL_LOGIN, MAIL_REFUSED, MAIL_UNKNOWN
from provisioner.capabilities.notices.settings import MailSettings
from provisioner.reasons.reason import Reason

_Said = tuple[int, bytes]


class MailChannel:
    """One connection for each call of `send`, and another one after a letter without an answer."""

    name = "mail"

    def __init__(self, settings: MailSettings) -> None:
        self._settings = settings
        self._context = None if settings.tls == "none" else ssl.create_default_context(cafile=settings.ca_file)

    def reaches(self, notice: Notice) -> bool:
        """Whether the directory has an address that can be sent to."""
        return len(notice.mail) <= 254 and re.fullmatch(MAIL_ADDRESS, notice.mail) is not None

    def send(self, letters: Sequence[Letter]) -> Iterator[SendAnswer]:
        """Each once. After a failure to connect all the rest is for later."""
        connection: smtplib.SMTP | None = None
        try:
            for letter in letters:
                if connection is None:
                    opened = self._connect()
                    if isinstance(opened, Reason):
                        yield SendAnswer(letter=letter, result=SendResult.LATER, why=opened)
                        continue
                    connection = opened
                answer, is_whole = self._send(connection, letter)
                if not is_whole:
                    connection.close()
                    connection = None
                yield answer
        finally:
            if connection is not None:
                _quit(connection)

    def _connect(self) -> smtplib.SMTP | Reason:
        """A session that is logged on, or why there is none."""
        settings = self._settings
        try:
            if settings.tls == "tls":
                connection: smtplib.SMTP = smtplib.SMTP_SSL(
                    settings.server,
                    settings.port,
                    local_hostname=_own_name(),
                    timeout=settings.timeout_s,
                    context=self._context,
                )
            else:
                connection = smtplib.SMTP(settings.server, settings.port, _own_name(), settings.timeout_s)
        except (OSError, smtplib.SMTPException) as error:
            return self._away(error)
        try:
            if settings.tls == "starttls":
                connection.starttls(context=self._context)
            if settings.user and settings.password is not None:
                connection.login(settings.user, settings.password.reveal())
            connection.ehlo_or_helo_if_needed()
        except smtplib.SMTPAuthenticationError as error:
            connection.close()
            return MAIL_LOGIN(server=settings.server, code=error.smtp_code)
        except (OSError, smtplib.SMTPException) as error:
            connection.close()
            return self._away(error)
        return connection

    def _send(self, connection: smtplib.SMTP, letter: Letter) -> tuple[SendAnswer, bool]:
        """The answer, and whether the connection can be used again.

        Until the server has answered DATA nothing can have been taken; once the letter is under way, silence means nothing.
        """
        try:
            for command in (f"MAIL FROM:<{self._settings.sender}>", f"RCPT TO:<{letter.notice.mail}>", "DATA"):
                said = connection.docmd(command)
                if said[0] not in (250, 251, 354):
                    connection.rset()
                    return self._refused(letter, said), True
        except (OSError, smtplib.SMTPException) as error:
            return SendAnswer(letter=letter, result=SendResult.LATER, why=self._away(error)), False
        try:
            connection.send(_quoted(self._message(letter)))
            said = connection.getreply()
        except (OSError, smtplib.SMTPException):
            why = MAIL_UNKNOWN(server=self._settings.server)
            return SendAnswer(letter=letter, result=SendResult.UNKNOWN, why=why), False
        if said[0] == 250:
            return SendAnswer(letter=letter, result=SendResult.TAKEN), True
        return self._refused(letter, said), True

    def _refused(self, letter: Letter, said: _Said) -> SendAnswer:
        code = said[0]
        if 500 <= code < 600:
            return SendAnswer(letter=letter, result=SendResult.NEVER, why=MAIL_REFUSED(server=self._settings.server, code=code))
        return SendAnswer(letter=letter, result=SendResult.LATER, why=MAIL_LATER(server=self._settings.server, code=code))

    def _away(self, error: Exception) -> Reason:
        said = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
        return MAIL_AWAY(server=self._settings.server, said=said)

    def _message(self, letter: Letter) -> bytes:
        message = EmailMessage(policy=SMTP)
        message["From"] = self._settings.sender
        message["To"] = letter.notice.mail
        message["Subject"] = letter.subject
        message["Date"] = formatdate(localtime=True)
        message["Message-ID"] = f"<{letter.number}@{self._settings.sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answering machine answers
        message.set_content(letter.body, cte="quoted-printable")
        return message.as_bytes()


@cache
def _own_name() -> str:
    """Of this machine, for the greeting. A question to DNS, which may take seconds: asked once."""
    return socket.getfqdn()


def _quoted(message: bytes) -> bytes:
    """As DATA takes it: a line that begins with a point gets another one (RFC 5321, 4.5.2)."""
    return re.sub(rb"(?m)^\.", b"..", message).rstrip(b"\r\n") + b"\r\n.\r\n"


def _quit(connection: smtplib.SMTP) -> None:
    try:
        connection.quit()
    except (OSError, smtplib.SMTPException):
        connection.close()


__all__ = ["MailChannel"]
