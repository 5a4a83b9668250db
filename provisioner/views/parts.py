"""What a capability shows in the document of the status."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from provisioner.extensions import Point, with_added
from provisioner.model.status import Status
from provisioner.wrong.listing import AddedWrong

T = TypeVar("T")
ABOUT = "about"
"""In the metadata of a field: what it holds, for the API's contract."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusView(AddedWrong):
    """A key of the document, and what it adds to the list of what is wrong."""

    key: str
    kind: Any
    """Its type, for the API's contract."""
    about: str
    of: Callable[[Status], object]
    after: str
    """The core's key before it."""
    place: int = 0
    """Among all that stand after the same key: the lower comes first; of equals, as in the list."""


VIEWS = Point("views", "VIEW", StatusView)


def with_views(document: type[T]) -> type[T]:
    """The class with a field for each; before it becomes a dataclass."""
    views = sorted(VIEWS.found(), key=lambda view: view.place)
    for view in views:
        setattr(document, view.key, field(metadata={ABOUT: view.about}))
    document.__annotations__ = with_added(document.__annotations__, ((view.after, view.key, view.kind) for view in views))
    return document


__all__ = ["VIEWS", "StatusView", "with_views"]
