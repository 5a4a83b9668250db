"""The whole body of an answer, within limits of time and size: the time-outs of `requests` begin again with each byte. And why
there is none, in words."""

import time

from requests import Response

_PART_BYTES = 1 << 16


class AnswerSlow(Exception):
    """It takes longer than it may."""


class AnswerLong(Exception):
    """It is longer than it may be."""


def whole_answer(response: Response, *, within_s: float, most_bytes: int) -> bytes:
    """Raises AnswerSlow, AnswerLong, and what `urllib3` raises. The request has `stream=True`, and asks for no compression."""
    until, parts, size = time.monotonic() + within_s, [], 0
    while part := response.raw.read1(_PART_BYTES, decode_content=False):
        parts.append(part)
        size += len(part)
        if time.monotonic() > until:
            raise AnswerSlow
        if size > most_bytes:
            raise AnswerLong
    return b"".join(parts)


def cause_said(error: BaseException) -> str:
    """Why there is no answer, in the operating system's words if it has any: `Connection refused`. Else the error's name: the
    text of an HTTP client's error may hold an address with more than the host.
    """
    while (cause := error.__cause__ or error.__context__) is not None:
        error = cause
    said = error.strerror if isinstance(error, OSError) else None
    return said or type(error).__name__


__all__ = ["AnswerLong", "AnswerSlow", "cause_said", "whole_answer"]
