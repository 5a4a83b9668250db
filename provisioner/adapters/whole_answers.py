"""The whole body of an answer, within limits of time and size: the time-outs of `requests` begin again with each byte."""

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


__all__ = ["AnswerLong", "AnswerSlow", "whole_answer"]
