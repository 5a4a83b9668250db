"""Certificates that this site serves with, or trusts: when they end, and whether they are in use as they are."""

from dataclasses import dataclass

from provisioner.model.ids import Instant
from provisioner.reasons.reason import NONE, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedCertificate:
    """One file that bascule.yaml names."""

    use: str
    """The key that names it: `api.certificate`."""
    path: str
    ends: Instant | None
    """When nobody trusts it any more; None: not known, and `fault` says why."""
    fault: Reason = NONE
    """Why the file as it is now is not in use; empty: it is."""


__all__ = ["WatchedCertificate"]
