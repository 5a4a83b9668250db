"""What every route asks of a request: who it is from, and what the daemon has published."""

from typing import Annotated, Any, cast

from fastapi import Depends, Request, Response
from pydantic import AfterValidator, Field

from provisioner.api.callers import Caller, Role, lacking
from provisioner.api.encoding import Shelf, encoded
from provisioner.api.refusals import JSON, RequestRefused
from provisioner.api.site import ApiSite
from provisioner.model.people.plain_text import one_line
from provisioner.reasons.api import NO_CYCLE_YET
from provisioner.reasons.reason import NONE
from provisioner.views.published import Published
from provisioner.views.without_people import without_people

Why = Annotated[str, AfterValidator(one_line), Field(max_length=500)]
"""Of an order, in the caller's words: one line, without what a terminal obeys. It is kept in the journal, and in logs."""
SaidBy = Annotated[str, AfterValidator(one_line), Field(max_length=100)]
"""The same, of who orders it."""


def site_of(request: Request) -> ApiSite:
    """The daemon."""
    return cast("ApiSite", request.app.state.site)


def shelf_of(request: Request) -> Shelf:
    """The documents that were made before."""
    return cast("Shelf", request.app.state.shelf)


def caller_of(request: Request) -> Caller:
    """Who asks."""
    return cast("Caller", request.state.caller)


def may_still(request: Request, role: Role) -> bool:
    """Whether whoever asked has the role by now: a token's line may have been deleted, or be another's."""
    caller: Caller | None = request.state.caller_now()
    return caller is not None and caller.name == caller_of(request).name and lacking(caller, role) == NONE


def published_now(request: Request) -> Published:
    """The last publication; refuses the request before the first one."""
    published = site_of(request).board.last
    if published is None:
        raise _no_cycle_yet()
    return published


def planned_now(request: Request) -> Published:
    """The last publication; refuses the request before a cycle has ended: nothing is known then of what rests on clusters."""
    published = published_now(request)
    if published.status.planned_at is None:
        raise _no_cycle_yet()
    return published


def knows_people(request: Request) -> bool:
    """Whether whoever asks may know of people: the board reads numbers."""
    return lacking(caller_of(request), Role.VIEWER) == NONE


def body_of(request: Request, document: object) -> bytes:
    """The document as whoever asks may read it."""
    return encoded(document if knows_people(request) else without_people(document))


def answer_of(request: Request, document: object) -> Response:
    """The same as an answer that nobody keeps."""
    return Response(body_of(request, document), media_type=JSON, headers={"Cache-Control": "no-store"})


def demand(request: Request, role: Role) -> None:
    """Refuse a caller with a lower role."""
    if why := lacking(caller_of(request), role):
        raise RequestRefused(403, why)


def _no_cycle_yet() -> RequestRefused:
    return RequestRefused(503, NO_CYCLE_YET(), headers={"Retry-After": "5"})


def ask(role: Role) -> Any:
    """A dependency of a route: refuses callers with a lower role."""
    return Depends(AtLeast(role))


class AtLeast:
    """Asked at each request of a route."""

    def __init__(self, role: Role) -> None:
        self.role = role

    async def __call__(self, request: Request) -> None:
        """Refuse a caller with a lower role."""
        demand(request, self.role)
