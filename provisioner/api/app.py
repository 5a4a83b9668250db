"""The application: its routes, and what every answer may be."""

from typing import Any

from fastapi import APIRouter, FastAPI

from provisioner.api.encoding import Shelf
from provisioner.api.events import events
from provisioner.api.feed import Feed
from provisioner.api.idempotency import Replies
from provisioner.api.identity import Identify, Known
from provisioner.api.questions import questions
from provisioner.api.reading import reading
from provisioner.api.refusals import Refusal, add_refusals
from provisioner.api.site import ApiSite
from provisioner.api.writing import writing

VERSION = "v1"
_REFUSED: dict[int | str, dict[str, Any]] = {
    401: {"model": Refusal, "description": "Nobody knows who asks."},
    403: {"model": Refusal, "description": "Whoever asks has no role, or too low a role."},
    422: {"model": Refusal, "description": "A parameter is not as it should be."},
    503: {"model": Refusal, "description": "No cycle has ended yet, or the store cannot be read."},
}


def app_of(site: ApiSite | None, *, identify: Identify, feed: Feed | None = None) -> FastAPI:
    """The application. Without a site it only describes itself."""
    app = FastAPI(
        title="Bascule",
        version=VERSION,
        summary="What the daemon knows, and orders to it.",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
    )
    app.state.site, app.state.feed, app.state.shelf, app.state.replies = site, feed, Shelf(), Replies()
    add_refusals(app)
    versioned = APIRouter(prefix=f"/{VERSION}", responses=_REFUSED)
    versioned.include_router(reading)
    versioned.include_router(questions)
    versioned.include_router(writing)
    versioned.include_router(events)
    app.include_router(versioned)
    app.add_middleware(Known, identify=identify)
    return app
