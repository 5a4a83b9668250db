"""Asks a Prometheus server one query at a time."""

from base64 import b64encode

import requests
import urllib3.exceptions
from requests import Response, Session

from provisioner.adapters.prometheus.numbers import number_in
from provisioner.adapters.whole_answers import AnswerLong, AnswerSlow, cause_said, whole_answer
from provisioner.reasons import figures as reasons
from provisioner.reasons.reason import Reason
from provisioner.settings.prometheus import PrometheusSettings

_MOST_BYTES = 1 << 20
"""Of an answer: one number takes two hundred."""


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


__all__ = ["PrometheusQueries"]
