"""Notices for other software: a POST for each person and change."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit

import requests

from provisioner.adapters.whole_answers import cause_said
from provisioner.capabilities.notices.model import Letter, Notice, SendAnswer, SendResult
from provisioner.capabilities.notices.reasons import HOOK_AWAY, HOOK_LATER, HOOK_REFUSED, HOOK_UNKNOWN
from provisioner.capabilities.notices.settings import WebhookSettings

_WAIT = (408, 425, 429)
"""Refused for the moment; so is every 5xx."""


class WebhookChannel:
    """The letter's number is the `Idempotency-Key`: the same for each try."""

    name = "webhook"

    def __init__(self, settings: WebhookSettings) -> None:
        self._settings = settings
        self._host = urlsplit(settings.url).hostname or ""

    def reaches(self, notice: Notice) -> bool:
        """Everybody: the other side knows people by their login."""
        return bool(notice.login)

    def send(self, letters: Sequence[Letter]) -> Iterator[SendAnswer]:
        """Each once."""
        with requests.Session() as session:
            session.trust_env = False
            session.verify = True if self._settings.ca_file is None else str(self._settings.ca_file)
            for letter in letters:
                yield self._send(session, letter)

    def _send(self, session: requests.Session, letter: Letter) -> SendAnswer:
        headers = {"Idempotency-Key": letter.number}
        if self._settings.token is not None:
            headers["Authorization"] = f"Bearer {self._settings.token.reveal()}"
        try:
            # Redirections are not followed: the token would go elsewhere.
            response = session.post(
                self._settings.url,
                json=_document(letter),
                headers=headers,
                timeout=self._settings.timeout_s,
                allow_redirects=False,
            )
        except requests.exceptions.SSLError:
            return SendAnswer(letter=letter, result=SendResult.LATER, why=HOOK_AWAY(host=self._host, said="TLS"))
        except (requests.ConnectTimeout, requests.exceptions.ConnectionError) as error:
            if _never_sent(error):
                return SendAnswer(
                    letter=letter, result=SendResult.LATER, why=HOOK_AWAY(host=self._host, said=cause_said(error))
                )
            return SendAnswer(letter=letter, result=SendResult.UNKNOWN, why=HOOK_UNKNOWN(host=self._host))
        except requests.RequestException:
            return SendAnswer(letter=letter, result=SendResult.UNKNOWN, why=HOOK_UNKNOWN(host=self._host))
        return self._answer(letter, response.status_code)

    def _answer(self, letter: Letter, code: int) -> SendAnswer:
        if 200 <= code < 300:
            return SendAnswer(letter=letter, result=SendResult.TAKEN)
        if code >= 500 or code in _WAIT:
            return SendAnswer(letter=letter, result=SendResult.LATER, why=HOOK_LATER(host=self._host, code=code))
        return SendAnswer(letter=letter, result=SendResult.NEVER, why=HOOK_REFUSED(host=self._host, code=code))


def _never_sent(error: Exception) -> bool:
    """Whether no connection was made."""
    return isinstance(error, requests.ConnectTimeout) or "NewConnectionError" in repr(error) or "NameResolution" in repr(error)


def _document(letter: Letter) -> dict[str, object]:
    notice = letter.notice
    at = None if notice.at is None else datetime.fromtimestamp(notice.at, UTC).isoformat().replace("+00:00", "Z")
    return {
        "id": letter.number,
        "kind": notice.kind.value,
        "login": notice.login,
        "mail": notice.mail or None,
        "ready_by": at,
        "subject": letter.subject,
        "text": letter.body,
    }


__all__ = ["WebhookChannel"]
