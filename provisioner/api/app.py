"""The application: its routes, and what every answer may be."""

from collections import defaultdict
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from provisioner.api.encoding import Shelf
from provisioner.api.events import events
from provisioner.api.feed import Feed
from provisioner.api.idempotency import Replies
from provisioner.api.lending import lending
from provisioner.api.questions import questions
from provisioner.api.reading import reading
from provisioner.api.refusals import RequestRefusal, add_refusals
from provisioner.api.reloading import reloading
from provisioner.api.rights import role_of_route
from provisioner.api.site import ApiSite
from provisioner.api.writing import writing

VERSION = "v1"
_REFUSED: dict[int | str, dict[str, Any]] = {
    400: {"model": RequestRefusal, "description": "The request is not as HTTP or JSON want it."},
    401: {"model": RequestRefusal, "description": "Nobody knows who asks."},
    403: {"model": RequestRefusal, "description": "Whoever asks has no role, or too low a role."},
    422: {"model": RequestRefusal, "description": "A parameter is not as it should be."},
    503: {"model": RequestRefusal, "description": "No cycle has ended yet, or the store cannot be read."},
}


_ROUTERS = (reading, questions, writing, reloading, lending, events)


def app_of(site: ApiSite | None, *, feed: Feed | None = None, replies: Replies | None = None) -> FastAPI:
    """The application, to be called inside `identity.Known`. Without a site it only describes itself."""
    app = FastAPI(
        title="Bascule",
        version=VERSION,
        summary="What the daemon knows, and orders to it.",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.site, app.state.feed, app.state.shelf, app.state.replies = site, feed, Shelf(), replies or Replies()
    add_refusals(app)
    # Refusals are models only in the description: FastAPI compiles each for each route, two thirds of a start.
    versioned = APIRouter(prefix=f"/{VERSION}", responses=_REFUSED if site is None else None)
    for router in _ROUTERS:
        versioned.include_router(router)
    app.include_router(versioned)
    app.state.methods = _methods()
    return app


def routes() -> dict[str, list[APIRoute]]:
    """What there is to ask, by path. Two routes may share one. Raises LookupError: a route declares no role."""
    found: defaultdict[str, list[APIRoute]] = defaultdict(list)
    for route in (route for router in _ROUTERS for route in router.routes if isinstance(route, APIRoute)):
        role_of_route(route)
        found[f"/{VERSION}{route.path}"].append(route)
    return found


def _methods() -> dict[str, list[str]]:
    """What each path answers: a route knows only its own methods."""
    return {path: [method for route in of for method in sorted(route.methods or ())] for path, of in routes().items()}
