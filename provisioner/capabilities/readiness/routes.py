"""The answers of earlier nights, and drills, by the daemon's API."""

from typing import Annotated

import anyio.to_thread
from fastapi import APIRouter, Query, Request, Response

from provisioner.api.callers import Role
from provisioner.api.request import answer_of, ask, site_of
from provisioner.capabilities.readiness.documents import ReadinessHistoryDocument, readiness_history_document
from provisioner.capabilities.readiness.history import ANSWERS, DRILLS

ROUTES = APIRouter(tags=["state"])


@ROUTES.get(
    "/readiness",
    response_model=ReadinessHistoryDocument,
    dependencies=[ask(Role.BOARD)],
    summary="Which part of the people would have had their desktop in time, on earlier nights.",
)
async def readiness(
    request: Request,
    answers: Annotated[int, Query(ge=1, le=ANSWERS.most, description="How many at most, the newest first.")] = 30,
) -> Response:
    """Counts people, with what made the number fall."""
    site = site_of(request)

    def made() -> ReadinessHistoryDocument:
        return readiness_history_document(site.latest(ANSWERS, answers), site.latest(DRILLS, DRILLS.most))

    return answer_of(request, await anyio.to_thread.run_sync(made))
