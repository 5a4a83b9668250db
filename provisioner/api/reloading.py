"""The configuration is read again, as on SIGHUP; whoever orders it gets what came of it."""

import asyncio
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict

from provisioner.api.callers import Role
from provisioner.api.encoding import encoded
from provisioner.api.refusals import RequestRefusal, RequestRefused
from provisioner.api.request import SaidBy, ask, caller_of, site_of
from provisioner.api.writing import Key, answer_once
from provisioner.model.people.plain_text import author
from provisioner.reasons.reason import Reason
from provisioner.views.daemon import ReloadDocument

reloading = APIRouter(tags=["orders"])
_ANSWERS: dict[int | str, dict[str, Any]] = {
    409: {
        "model": RequestRefusal,
        "description": "The files are faulty, and nothing has changed; or the key was used for another order.",
    },
    504: {"model": RequestRefusal, "description": "The daemon has not taken it up in time."},
}


class ReloadRequest(BaseModel):
    """The configuration is to be read again."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    said_by: SaidBy = ""
    """Who orders it, in the caller's words."""


@reloading.post(
    "/config/reloads",
    response_model=ReloadDocument,
    responses=_ANSWERS,
    dependencies=[ask(Role.OPERATOR)],
    summary="Read the configuration again.",
)
async def reload_config(request: Request, order: ReloadRequest, idempotency_key: Key) -> Response:
    """Answers with each key that differed from what was in force, once the files have been read."""
    by = author(caller_of(request).name, order.said_by)
    return await answer_once(request, idempotency_key, order, lambda: _carry_out(request, by))


async def _carry_out(request: Request, by: str) -> bytes:
    answer = await asyncio.wrap_future(site_of(request).reload(by))
    if isinstance(answer, Reason):
        raise RequestRefused(409, answer)
    return encoded(answer)
