"""Desktops of pools: lent to a person, and given back."""

import asyncio
from math import ceil
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from provisioner.api.callers import Role
from provisioner.api.encoding import encoded
from provisioner.api.refusals import RequestRefusal, RequestRefused
from provisioner.api.request import SaidBy, Why, ask, caller_of, site_of
from provisioner.api.writing import Key, answer_once
from provisioner.model.ids import DesktopName, DesktopPoolName
from provisioner.model.lending import GiveBackOrder, LendingOrder, LendOrder
from provisioner.model.people.plain_text import author
from provisioner.views.pools import LendDocument, lend_document

lending = APIRouter(tags=["lending"])
AGAIN_S = 60
"""Seconds after which a refused order may be tried again, where nothing says when a desktop will be free."""
_ANSWERS: dict[int | str, dict[str, Any]] = {
    409: {"model": RequestRefusal, "description": "Nothing could come of the order, or the key was used for another one."},
    429: {"model": RequestRefusal, "description": "No desktop is free now: `Retry-After` says when there may be one."},
    504: {"model": RequestRefusal, "description": "The daemon has not taken it up in time."},
}


class LendRequest(BaseModel):
    """A person is to have a desktop of a pool."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    who: str = Field(min_length=1, max_length=256)
    """Login or id."""
    pool: str | None = Field(default=None, min_length=1, max_length=60)
    """A key of `pools` in bascule.yaml; null: any, by name."""
    desktop: str | None = Field(default=None, min_length=1, max_length=60)
    """The person's own, as you know: only of a desktop in doubt since a backup was restored; null: the daemon chooses."""
    grant: bool = False
    """Whether a grant of the broker is wanted too, with which its pages open the desktop: docs/en/guacamole.md."""
    reason: Why = ""
    """Why; kept in the journal."""
    said_by: SaidBy = ""
    """Who orders it, in the caller's words."""


class GiveBackRequest(BaseModel):
    """A person has done with the desktop."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    who: str = Field(min_length=1, max_length=256)
    """Login or id."""
    reason: Why = ""
    """Why; kept in the journal."""
    said_by: SaidBy = ""
    """Who orders it, in the caller's words."""


@lending.post(
    "/lends", response_model=LendDocument, responses=_ANSWERS, dependencies=[ask(Role.HELPDESK)], summary="Lend a desktop."
)
async def lend(request: Request, order: LendRequest, idempotency_key: Key) -> Response:
    """Answers with the desktop that the person has, a ready one, or one that will be ready soon."""
    lend_order = LendOrder(
        who=order.who,
        by=author(caller_of(request).name, order.said_by),
        at=site_of(request).clock.now(),
        pool=None if order.pool is None else DesktopPoolName(order.pool),
        desktop=None if order.desktop is None else DesktopName(order.desktop),
        grant=order.grant,
        key=f"{caller_of(request).name}/{idempotency_key}",
        reason=order.reason,
    )
    return await answer_once(request, idempotency_key, order, lambda: _carry_out(request, lend_order))


@lending.post(
    "/lends/returns",
    response_model=LendDocument,
    responses=_ANSWERS,
    dependencies=[ask(Role.HELPDESK)],
    summary="Give a desktop back.",
)
async def give_back(request: Request, order: GiveBackRequest, idempotency_key: Key) -> Response:
    """Answers with the desktop that was given back, if there was one."""
    returned = GiveBackOrder(
        who=order.who,
        by=author(caller_of(request).name, order.said_by),
        at=site_of(request).clock.now(),
        reason=order.reason,
    )
    return await answer_once(request, idempotency_key, order, lambda: _carry_out(request, returned))


async def _carry_out(request: Request, order: LendingOrder) -> bytes:
    answer = await asyncio.wrap_future(site_of(request).lend(order))
    if not answer.refused:
        make = site_of(request).grant
        grant = None if answer.grant is None or make is None else make(answer.grant)
        return encoded(lend_document(answer, grant))
    if not answer.for_now:
        raise RequestRefused(409, answer.refused)
    after_s = AGAIN_S if answer.expected_s is None else max(1, ceil(answer.expected_s))
    raise RequestRefused(429, answer.refused, headers={"Retry-After": str(after_s)})
