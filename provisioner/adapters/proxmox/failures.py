"""What a failure on the wire means for the caller: was the request sent at all, and what may have come of it."""

import ssl

import requests
import urllib3.exceptions

from provisioner.errors import HypervisorError, NotSent, OutcomeUnknown, Refused

MAX_TEXT = 1000
"""Characters kept of a library's text."""

_NEVER_SENT = (
    urllib3.exceptions.NewConnectionError,
    urllib3.exceptions.ConnectTimeoutError,
    requests.ConnectTimeout,
    ssl.SSLCertVerificationError,
)
"""The connection, or its handshake, was not over, so no byte of the request has left."""
_NOT_AN_API = (requests.TooManyRedirects, requests.exceptions.InvalidURL, UnicodeError)


def translated(failure: Exception, doing: str, *, read_s: float) -> Exception:
    """The error to raise from `failure`; a programming error comes back as it is. The texts of requests hold no header."""
    causes = _chain(failure)
    if any(isinstance(cause, _NEVER_SENT) for cause in causes):
        return NotSent(f"{doing}: {_short(causes[-1])}")
    if isinstance(failure, requests.Timeout):
        return OutcomeUnknown(f"{doing}: no answer within {read_s:g} s")
    return _other(failure, doing, innermost=causes[-1])


def _other(failure: Exception, doing: str, *, innermost: BaseException) -> HypervisorError | Exception:
    if isinstance(failure, _NOT_AN_API):
        return Refused(f"{doing}: {_short(failure)}")
    if isinstance(failure, OSError | urllib3.exceptions.HTTPError):
        return OutcomeUnknown(f"{doing}: {_short(innermost)}")
    return failure


def _chain(failure: BaseException) -> list[BaseException]:
    chain: list[BaseException] = []
    current: BaseException | None = failure
    while current is not None and current not in chain:
        chain.append(current)
        current = current.__cause__ or current.__context__
    return chain


def _short(failure: BaseException) -> str:
    return str(failure)[:MAX_TEXT] or type(failure).__name__
