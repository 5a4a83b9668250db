"""Certificates that end, have ended, or are not in use as their files are."""

from collections.abc import Iterator

from provisioner.model.certificates import WatchedCertificate
from provisioner.model.ids import Instant
from provisioner.model.status import Status
from provisioner.reasons.reason import Reason
from provisioner.reasons.wrong import CERTIFICATE_AT_END, CERTIFICATE_OVER, CERTIFICATE_UNUSED
from provisioner.wrong.entry import Wrong

ENDING_S = 14 * 86_400.0
"""Whoever renews by a program does so earlier, mostly a month before: nobody is called for that. `check` says it then."""
_DAY_S = 86_400.0


def of_certificates(status: Status) -> Iterator[Wrong]:
    """All of it."""
    for watched in status.certificates:
        for says in _reasons(watched, status.at):
            yield Wrong(says=says, about=watched.use)


def _reasons(watched: WatchedCertificate, now: Instant) -> Iterator[Reason]:
    names = {"use": watched.use, "path": watched.path}
    if watched.fault:
        yield CERTIFICATE_UNUSED(**names, why=watched.fault)
    if watched.ends is None:
        return
    left_s = watched.ends - now
    if left_s <= 0:
        yield CERTIFICATE_OVER(**names, days=-left_s / _DAY_S)
    elif left_s < ENDING_S:
        yield CERTIFICATE_AT_END(**names, days=left_s / _DAY_S)


__all__ = ["ENDING_S", "of_certificates"]
