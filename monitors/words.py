"""Values of labels. Words that are not here count as `other`: they must not create new series."""

import enum
from typing import get_args

from provisioner.errors import BasculeError, GuestUnknown, HypervisorError, word_for
from provisioner.model.actions import Action


class RequestAccess(enum.StrEnum):
    """Kind of a request; values of the label `access`."""

    READ = "read"
    WRITE = "write"


class ReadingResult(enum.StrEnum):
    """Result of a reading of the directory; values of the label `result`."""

    ACCEPTED = "accepted"
    QUARANTINED = "quarantined"
    FAILED = "failed"


OTHER = "other"
ACTIONS: tuple[str, ...] = tuple(sorted(action.word for action in get_args(Action)))
"""The words of all actions."""


def _family_of(kind: type[BasculeError]) -> list[str]:
    return [word_for(kind), *(word for child in kind.__subclasses__() for word in _family_of(child))]


ERRORS = (*sorted({*_family_of(HypervisorError), word_for(GuestUnknown)}), OTHER)
"""The words of the errors that an action can end with."""
OUTCOMES = ("ok", *ERRORS)
"""The words of the ends of a request."""

__all__ = ["ACTIONS", "ERRORS", "OTHER", "OUTCOMES", "ReadingResult", "RequestAccess"]
