"""Translate a network failure: was the request sent, and may it have had an effect?"""

import requests
import urllib3.exceptions

from provisioner.adapters.proxmox.session import NoConnection, NotWhole, PointedElsewhere
from provisioner.errors import HypervisorError, NotSent, OutcomeUnknown, Refused
from provisioner.reasons.reason import Reason, reason_of
from provisioner.reasons.requests import DOING, NO_ANSWER_WITHIN, NO_CONNECTION

MAX_TEXT = 1000
"""Characters kept of a library's text."""

_NOT_AN_ADDRESS = (requests.exceptions.InvalidURL, UnicodeError)


def translate_failure(failure: Exception, doing: str, *, after_s: float) -> Exception:
    """The error to raise for `failure`, which came after `after_s` seconds; a programming error is returned unchanged.

    There are four cases: no byte was sent; a portal or proxy answered and passed nothing on; the address is no address; or the
    request was sent, and the answer is missing or incomplete. Texts of `requests` contain no header.
    """
    causes = _chain(failure)
    if any(isinstance(cause, NoConnection) for cause in causes):
        return NotSent(_of(doing, _connecting(causes[-1], after_s)))
    if isinstance(failure, PointedElsewhere):
        return NotSent(_of(doing, _short(failure)))
    if isinstance(failure, _NOT_AN_ADDRESS):
        return Refused(_of(doing, _short(failure)))
    return _sent(failure, doing, innermost=causes[-1], after_s=after_s)


def _sent(failure: Exception, doing: str, *, innermost: BaseException, after_s: float) -> HypervisorError | Exception:
    if isinstance(failure, NotWhole):
        return OutcomeUnknown(_of(doing, _short(failure)))
    if isinstance(innermost, TimeoutError):
        return OutcomeUnknown(_of(doing, NO_ANSWER_WITHIN(seconds=_seconds(after_s))))
    if isinstance(failure, OSError | urllib3.exceptions.HTTPError):
        return OutcomeUnknown(_of(doing, _short(innermost)))
    return failure


def _connecting(innermost: BaseException, after_s: float) -> Reason:
    if isinstance(innermost, TimeoutError):
        return NO_CONNECTION(seconds=_seconds(after_s))
    return _short(innermost)


def _seconds(after_s: float) -> str:
    """The measured time, not the configured time-out: time-outs restart with each byte."""
    return f"{after_s:.0f}" if after_s >= 10 else f"{after_s:.1f}"


def _chain(failure: BaseException) -> list[BaseException]:
    chain: list[BaseException] = []
    current: BaseException | None = failure
    while current is not None and current not in chain:
        chain.append(current)
        current = current.__cause__ or current.__context__
    return chain


def _short(failure: BaseException) -> Reason:
    """Our own reason in full; a library's text cut to MAX_TEXT."""
    reason = reason_of(failure)
    return reason if reason.code else Reason(reason[:MAX_TEXT] or type(failure).__name__)


def _of(doing: str, why: Reason) -> Reason:
    return DOING(request=doing, why=why)
