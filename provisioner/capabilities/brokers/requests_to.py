"""One request of Guacamole's REST API, with a token that is got once and renewed when it has run out."""

import json
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote, urlsplit

import requests
import urllib3.exceptions
from requests import Response, Session

from provisioner.adapters.whole_answers import AnswerLong, AnswerSlow, cause_said, whole_answer
from provisioner.capabilities.brokers import reasons
from provisioner.capabilities.brokers.settings import GuacamoleAccess, GuacamoleSettings
from provisioner.errors import PublishingError

_MOST_BYTES = 64 << 20
"""Of an answer: ten thousand connections take some five MiB."""
_FORBIDDEN, _NOT_FOUND = 403, 404


class Missing(Exception):
    """What the request is about is not there."""


class GuacamoleRequests:
    """No redirect, no proxy, no cookie, no second try, except with a new token. One thread at a time.

    The token goes in a header, not in the address: Guacamole 1.4 and newer take it there, and no log has it.
    """

    def __init__(self, settings: GuacamoleSettings, access: GuacamoleAccess) -> None:
        self._settings, self._access = settings, access
        self._host = urlsplit(settings.url).hostname or ""
        self._session, self._token = Session(), ""
        self._session.trust_env = False
        self._session.verify = True if settings.ca_file is None else str(settings.ca_file)
        self._session.headers["Accept-Encoding"] = "identity"
        self.server_time: float | None = None
        """By the server's clock, when it answered last; None: it does not say."""

    def get(self, *path: str) -> Any:
        """Raises PublishingError and Missing, as all of these."""
        return self._call("GET", path)

    def post(self, *path: str, content: object) -> Any:
        """Make something; returns what the server made of it."""
        return self._call("POST", path, content)

    def put(self, *path: str, content: object) -> None:
        """Have this stand there."""
        self._call("PUT", path, content)

    def patch(self, *path: str, content: object) -> None:
        """Change a part."""
        self._call("PATCH", path, content)

    def delete(self, *path: str) -> None:
        """Remove it."""
        self._call("DELETE", path)

    def close(self) -> None:
        """Give the token back, if the server is there, and close the connection."""
        try:
            if self._token:
                self._send("DELETE", "api/session", {"headers": self._headers()})
        except PublishingError:
            pass  # it runs out by itself
        finally:
            self._session.close()

    def _call(self, method: str, path: tuple[str, ...], content: object = None) -> Any:
        place = "/".join(quote(part, safe="") for part in ("api", "session", "data", self._access.data_source, *path))
        more = {} if content is None else {"json": content}
        had_token = bool(self._token)
        for is_last in (not had_token, True):
            if not self._token:
                self._log_on()
            status, answer = self._send(method, place, {"headers": self._headers(), **more})
            if status != _FORBIDDEN or is_last:
                break
            self._token = ""  # it may have run out: Guacamole has the same status for that
        return self._judged(status, answer, what=f"{method} {'/'.join(path[:1])}")

    def _judged(self, status: int, answer: bytes, *, what: str) -> Any:
        if status == _NOT_FOUND:
            raise Missing
        if status == _FORBIDDEN:
            self._token = ""
            raise PublishingError(reasons.BROKER_FORBIDS(host=self._host, user=self._access.user, what=what))
        if not 200 <= status < 300:
            raise PublishingError(reasons.BROKER_STATUS(host=self._host, status=status, what=what))
        return self._parsed(answer, what) if answer.strip() else None

    def _log_on(self) -> None:
        form = {"username": self._access.user, "password": self._access.password.reveal()}
        status, answer = self._send("POST", "api/tokens", {"data": form})
        if status == _FORBIDDEN:
            raise PublishingError(reasons.BROKER_LOG_ON(host=self._host, user=self._access.user))
        if not 200 <= status < 300:
            raise PublishingError(reasons.BROKER_STATUS(host=self._host, status=status, what="POST tokens"))
        given = self._parsed(answer, "POST tokens")
        token, sources = (given.get(key) if isinstance(given, dict) else None for key in ("authToken", "availableDataSources"))
        if not isinstance(token, str) or not token.isprintable() or not isinstance(sources, list):
            raise PublishingError(reasons.BROKER_FORM(host=self._host, what="POST tokens"))
        if self._access.data_source not in sources:
            raise PublishingError(reasons.BROKER_SOURCE(host=self._host, source=self._access.data_source))
        self._token = token

    def _headers(self) -> Mapping[str, str]:
        return {"Guacamole-Token": self._token}

    def _send(self, method: str, place: str, more: Mapping[str, Any]) -> tuple[int, bytes]:
        within_s = self._settings.timeout_s
        try:
            with self._session.request(
                method, f"{self._settings.url}/{place}", timeout=within_s, allow_redirects=False, stream=True, **more
            ) as response:
                self._note_time(response)
                return response.status_code, whole_answer(response, within_s=within_s, most_bytes=_MOST_BYTES)
        except AnswerLong:
            raise PublishingError(reasons.BROKER_FORM(host=self._host, what=method)) from None
        except (requests.Timeout, TimeoutError, AnswerSlow):
            raise PublishingError(reasons.BROKER_SLOW(host=self._host, limit_s=within_s)) from None
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            raise PublishingError(reasons.BROKER_SILENT(host=self._host, said=cause_said(error))) from None
        finally:
            self._session.cookies.clear()

    def _note_time(self, response: Response) -> None:
        try:
            self.server_time = parsedate_to_datetime(response.headers.get("Date", "")).timestamp()
        except ValueError:
            self.server_time = None

    def _parsed(self, answer: bytes, what: str) -> Any:
        try:
            return json.loads(answer)
        except (ValueError, RecursionError):
            raise PublishingError(reasons.BROKER_FORM(host=self._host, what=what)) from None

    def wrong(self, what: str) -> PublishingError:
        """An answer is not as documented."""
        return PublishingError(reasons.BROKER_FORM(host=self._host, what=what))


__all__ = ["GuacamoleRequests", "Missing"]
