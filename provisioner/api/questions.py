"""Questions that are answered by the status code: 200 yes, 409 no, with reasons."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from provisioner.api.callers import Role
from provisioner.api.refusals import JSON, RequestRefusal, RequestRefused
from provisioner.api.request import ask, body_of, planned_now
from provisioner.reasons.api import PROFILE_NAMED_NOWHERE, ROOM_LACKS, WAVE_LACKS, WAVE_UNKNOWN
from provisioner.reasons.reason import ALSO, Reason, join_reasons
from provisioner.views.capacity import CapacitiesDocument, CapacityDocument, capacities_document
from provisioner.views.waves import WavesDocument, waves_document

questions = APIRouter(tags=["questions"])
Answers = dict[int | str, dict[str, Any]]
_NO: Answers = {409: {"model": RequestRefusal, "description": "No, for these reasons."}}
_UNKNOWN: Answers = {404: {"model": RequestRefusal, "description": "There is no such wave or profile."}}
_MOST = 1_000_000

Name = Annotated[str | None, Query(max_length=64)]


@questions.get(
    "/ready",
    response_model=WavesDocument,
    responses={**_NO, **_UNKNOWN},
    dependencies=[ask(Role.BOARD)],
    summary="Whether every desktop that is wanted now is ready: of one wave, or of all.",
)
async def ready(request: Request, wave: Name = None) -> Response:
    """409 while any is not. A wave whose batches are all closed wants nothing, and is ready."""
    document = waves_document(planned_now(request))
    asked = tuple(entry for entry in document.waves if wave in (None, entry.wave))
    if not asked and wave is not None:
        names = join_reasons((entry.wave for entry in document.waves), ALSO)
        raise RequestRefused(404, WAVE_UNKNOWN(wave=wave, waves=names))
    lacking = [entry for entry in asked if entry.ready < entry.wanted]
    if lacking:
        raise RequestRefused(
            409,
            *(WAVE_LACKS(wave=entry.wave, ready=entry.ready, wanted=entry.wanted, failed=entry.failed) for entry in lacking),
        )
    return _yes(request, replace(document, waves=asked))


@questions.get(
    "/capacity",
    response_model=CapacitiesDocument,
    responses={**_NO, **_UNKNOWN},
    dependencies=[ask(Role.BOARD)],
    summary="How many more desktops fit; with `n`, whether so many do.",
)
async def capacity(
    request: Request,
    profile: Name = None,
    n: Annotated[int | None, Query(ge=0, le=_MOST, description="How many more desktops of this profile.")] = None,
) -> Response:
    """409 if fewer than `n` fit: of this profile, or of any one of all profiles."""
    document = capacities_document(planned_now(request).status)
    asked = tuple(entry for entry in document.capacity if profile in (None, entry.profile))
    if not asked and profile is not None:
        names = join_reasons((entry.profile for entry in document.capacity), ALSO)
        raise RequestRefused(404, PROFILE_NAMED_NOWHERE(profile=profile, profiles=names))
    if lacking := [entry for entry in asked if n is not None and entry.free < n]:
        raise RequestRefused(409, *(_lacks(entry, n or 0) for entry in lacking))
    return _yes(request, CapacitiesDocument(at=document.at, capacity=asked))


def _lacks(room: CapacityDocument, wanted: int) -> Reason:
    return ROOM_LACKS(profile=room.profile, free=room.free, wanted=wanted, binds=room.binds or "templates")


def _yes(request: Request, document: object) -> Response:
    return Response(body_of(request, document), media_type=JSON, headers={"Cache-Control": "no-store"})
