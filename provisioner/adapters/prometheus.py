"""A Prometheus server: how many seats or licences are in use, one number for each query.

The answer is hostile text until it is read. One that is not exactly one number is a reason, and never a guess. See
`ports.Figures`.
"""

import json
import math
from base64 import b64encode
from typing import Any

import requests
import urllib3.exceptions
from requests import Response, Session

from provisioner.adapters.whole_answers import AnswerLong, AnswerSlow, cause_said, whole_answer
from provisioner.reasons import requests as reasons
from provisioner.reasons.reason import Reason
from provisioner.settings.prometheus import PrometheusSettings

_MOST_BYTES = 1 << 20
"""Of an answer: one number takes two hundred."""
_MOST = 10**9
"""Seats beyond any number are a broken query."""
_WORDS = 200
"""Characters of a server's own words that are shown."""


class PrometheusQueries:
    """Obeys `ports.Figures`. No redirect, no proxy, no cookie, no second try. One thread at a time."""

    def __init__(self, settings: PrometheusSettings) -> None:
        self._settings = settings
        self._session = Session()
        self._session.trust_env = False  # neither a proxy nor a password from the environment
        self._session.verify = str(settings.ca_file) if settings.ca_file is not None else True
        if settings.password is not None:
            pair = f"{settings.username}:{settings.password.reveal()}".encode()
            self._session.headers["Authorization"] = f"Basic {b64encode(pair).decode()}"
        self._session.headers["Accept-Encoding"] = "identity"  # a few bytes could be packed gigabytes

    def ask(self, query: str) -> int | Reason:
        """The number that the query gives now, rounded up; or why there is none. Raises nothing."""
        timeout_s = self._settings.timeout_s
        try:
            with self._session.get(
                f"{self._settings.url}/api/v1/query",
                params={"query": query},
                timeout=timeout_s,
                allow_redirects=False,
                stream=True,
            ) as response:
                return self._number(response)
        except AnswerLong:
            return reasons.FIGURES_LONG(limit=_MOST_BYTES)
        except (requests.Timeout, TimeoutError, AnswerSlow):
            return reasons.FIGURES_SLOW(limit_s=timeout_s)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            return reasons.FIGURES_UNREACHABLE(said=cause_said(error))

    def close(self) -> None:
        """Close the connection."""
        self._session.close()

    def _number(self, response: Response) -> int | Reason:
        if 300 <= response.status_code < 400 or response.status_code in (401, 403):
            return reasons.FIGURES_STATUS(status=response.status_code)
        body = whole_answer(response, within_s=self._settings.timeout_s, most_bytes=_MOST_BYTES)
        return number_in(body, status=response.status_code)


def number_in(body: bytes, *, status: int) -> int | Reason:
    """The number, rounded up; or why there is none."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return reasons.FIGURES_NOT_PROMETHEUS(status=status)
    if not isinstance(answer, dict) or answer.get("status") not in ("success", "error"):
        return reasons.FIGURES_NOT_PROMETHEUS(status=status)
    if answer["status"] == "error":
        return reasons.FIGURES_REFUSED(said=_words(answer.get("error")))
    return _sample(answer.get("data"), status)


def _sample(data: Any, status: int) -> int | Reason:
    """Of a scalar, or of a vector with one series."""
    if not isinstance(data, dict):
        return reasons.FIGURES_NOT_PROMETHEUS(status=status)
    kind, result = data.get("resultType"), data.get("result")
    if not isinstance(result, list):
        return reasons.FIGURES_NOT_PROMETHEUS(status=status)
    if kind == "scalar":
        return _value(result)
    if kind != "vector":
        return reasons.FIGURES_KIND(kind=_words(kind))
    if len(result) != 1:
        return reasons.FIGURES_MANY(count=len(result)) if result else reasons.FIGURES_NONE()
    sample = result[0]
    return _value(sample.get("value") if isinstance(sample, dict) else None)


def _value(pair: Any) -> int | Reason:
    """The number in `[time, "value"]`."""
    text = pair[1] if isinstance(pair, list) and len(pair) == 2 else None
    try:
        value = float(text) if isinstance(text, str) and len(text) <= _WORDS else math.nan
    except ValueError:
        value = math.nan
    return math.ceil(value) if 0 <= value <= _MOST else reasons.FIGURES_NO_NUMBER(said=_words(text))


def _words(said: object) -> str:
    text = said if isinstance(said, str) else "?"
    return "".join(character if character.isprintable() else " " for character in text[:_WORDS])


__all__ = ["PrometheusQueries", "number_in"]
