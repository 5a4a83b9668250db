"""Orders: given and withdrawn by whoever has the role for them. The control thread takes them, and says why not."""

import asyncio
import hashlib
import re
from collections.abc import Callable, Coroutine
from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Request, Response
from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from provisioner.api.callers import Role
from provisioner.api.encoding import encoded
from provisioner.api.idempotency import Replies
from provisioner.api.refusals import JSON, RequestRefusal, RequestRefused
from provisioner.api.request import SaidBy, Why, ask, caller_of, demand, site_of
from provisioner.api.rights import role_of_order
from provisioner.api.site import Order
from provisioner.model.bounds import LONGEST_S, MOST, day, instant
from provisioner.model.ids import AgentId, WaveName
from provisioner.model.intents import MOST_TEXT, Allowance, Intent, IntentKind, Rekey, Terms, Withdrawal
from provisioner.model.people.plain_text import author
from provisioner.model.scenario.surges import KEEP_S, ORDERED, ReturnRules, SurgeTerms
from provisioner.model.session_rules import MOST_WARN_MINUTES
from provisioner.reasons.orders import KEY_USED, NOT_TAKEN, ORDERS_WAIT
from provisioner.reasons.surges import SURGE_NO_EVENT
from provisioner.views.orders import OrdersDocument, orders_in_force

MOST_S = 15.0
"""Real seconds for the control thread to take an order; its cycles take a fraction of a second for thousands of desktops."""
writing = APIRouter(tags=["orders"])
_ANSWERS: dict[int | str, dict[str, Any]] = {
    409: {"model": RequestRefusal, "description": "Nothing could come of the order, or the key was used for another one."},
    413: {"model": RequestRefusal, "description": "The body is longer than 512 KiB."},
    504: {"model": RequestRefusal, "description": "The daemon has not taken it up in time."},
}
Key = Annotated[
    str, Header(min_length=1, max_length=128, description="Chosen by the client; the same for each try of an order.")
]


_Given = Literal[
    IntentKind.FREEZE, IntentKind.HOLD, IntentKind.ACCEPT_BASELINE, IntentKind.CORDON, IntentKind.DRAIN, IntentKind.EVACUATE,
    IntentKind.RETRY, IntentKind.RETIRE, IntentKind.STOP, IntentKind.RESTART, IntentKind.REBUILD, IntentKind.QUARANTINE,
    IntentKind.REASSIGN, IntentKind.RESTORE, IntentKind.RECONFIGURE, IntentKind.ACCEPT_DIRECTORY, IntentKind.REKEY,
    IntentKind.DISTINCT, IntentKind.TRIAL, IntentKind.MESSAGE, IntentKind.LOGOFF, IntentKind.SURGE,
]  # fmt: skip
_Withdrawn = Literal[
    IntentKind.FREEZE, IntentKind.HOLD, IntentKind.CORDON, IntentKind.DRAIN, IntentKind.EVACUATE, IntentKind.RETRY,
    IntentKind.RETIRE, IntentKind.STOP, IntentKind.RESTART, IntentKind.REBUILD, IntentKind.QUARANTINE, IntentKind.REASSIGN,
    IntentKind.RESTORE, IntentKind.RECONFIGURE, IntentKind.ACCEPT_DIRECTORY, IntentKind.REKEY, IntentKind.DISTINCT,
    IntentKind.TRIAL, IntentKind.MESSAGE, IntentKind.LOGOFF,
]  # fmt: skip


def _text(value: object) -> object:
    """A number is not a time with its zone."""
    if not isinstance(value, str):
        raise ValueError("must be a text")
    return value


def _day(value: object) -> object:
    """Neither a number nor a time is a day."""
    if value is not None and not (isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value)):
        raise ValueError("must be a date such as 2026-11-30")
    return value


def _dated(value: datetime) -> datetime:
    """Within the years that every instant is in."""
    instant(value.timestamp())
    return value


def _within(value: date | None) -> date | None:
    """The same for a day."""
    if value is not None:
        day(value)
    return value


def _number(value: object) -> object:
    """`5.0` is an integer of JSON; `true` and `"5"` are not."""
    if isinstance(value, bool | str):
        raise ValueError("must be a number")
    return value


Flag = Annotated[bool, Field(strict=True)]
_YEARS = Field(json_schema_extra={"pattern": r"^(19[7-9]\d|2[01]\d\d)-"})
"""In the contract; `_dated` holds to it to the second."""
Time = Annotated[AwareDatetime, _YEARS, BeforeValidator(_text), AfterValidator(_dated)]
Seconds = Annotated[float, Field(strict=True, ge=0, le=LONGEST_S, allow_inf_nan=False)]
_MOST_PEOPLE = 20_000
"""More than any administration has; the body's size is limited before."""
PersonId = Annotated[str, Field(min_length=1, max_length=256)]


class SurgeRequest(BaseModel):
    """What an order about a surge says besides; each key is for the events that it names."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    scenario: str = Field(default="", max_length=60)
    """Of `start`: the scenario that is meant; refused if another is configured. Empty: the configured one."""
    starts_at: Time | None = None
    """Of `start`: when its time begins to count; null: now."""
    first_day: Annotated[Annotated[date, _YEARS] | None, BeforeValidator(_day), AfterValidator(_within)] = None
    """Of `start`: the first day of the scenario; null: as its calendar says."""
    wave: str | None = Field(default=None, min_length=1, max_length=60)
    """The wave of `go`."""
    ends_at: Time | None = None
    """Of `start` and `extend`: when the return begins by itself."""
    then_returns: Flag = False
    """Of `abort`: whether the desktops go back, once what was begun is done."""
    batch: Annotated[int | None, BeforeValidator(_number)] = Field(default=None, ge=1, le=MOST)
    """Of `finish`: desktops that go back at a time; null: all, as fast as they may be shut down."""
    batch_interval_s: Seconds = 0.0
    """Of `finish`: seconds from one batch to the next."""
    keep_s: Seconds = KEEP_S
    """Of `finish`: seconds for which the desktops are kept, counted from the beginning of the return."""

    def terms(self) -> SurgeTerms:
        """As the reconciler takes them."""
        return SurgeTerms(
            scenario=self.scenario,
            starts_at=None if self.starts_at is None else self.starts_at.timestamp(),
            day_1=self.first_day,
            wave=None if self.wave is None else WaveName(self.wave),
            ends_at=None if self.ends_at is None else self.ends_at.timestamp(),
            then_returns=self.then_returns,
            goes_back=ReturnRules(size=self.batch, interval_s=self.batch_interval_s, keep_s=self.keep_s),
        )


class OrderRequest(BaseModel):
    """An order."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    kind: _Given
    """`freeze`, `hold`, `cordon`, `drain`, `evacuate`, `retry`, `stop`, `restart`, `rebuild`, `quarantine`, `reassign`,
    `restore`, `message`, `logoff`, `reconfigure`, `retire`, `accept_baseline`, `accept_directory`, `rekey`, `distinct`,
    `trial` or `surge`."""
    target: str | None = Field(default=None, max_length=256)
    """A node as `cluster/node`, or alone if it can be in one cluster only; a VM as `cluster/vmid`; a desktop's name; a person's
    new id; a trial as `profile/number` or `profile/cluster/storage/number`; for `surge` the event: `start`, `pause`, `resume`,
    `go`, `abort`, `finish`, `extend` or `accept`; null: everything."""
    reason: Why = ""
    """Why; kept in the journal."""
    until: Time | None = None
    """When a hold ends by itself; null: when it is withdrawn. `accept_directory` ends within 7 days. A trial with an end stays
    ready until then, or until it is withdrawn: somebody probes it."""
    said_by: SaidBy = ""
    """Who orders it, in the caller's words. Kept in parentheses behind the caller's account, and believed for nothing."""
    leavers: tuple[PersonId, ...] = Field(default=(), max_length=_MOST_PEOPLE)
    """The ids of the people whom `accept_directory` lets leave, and nobody in their place."""
    joiners: tuple[PersonId, ...] = Field(default=(), max_length=_MOST_PEOPLE)
    """The ids of the people whom `accept_directory` lets join, and nobody in their place."""
    rekeys: tuple[tuple[PersonId, PersonId], ...] = Field(default=(), max_length=_MOST_PEOPLE)
    """The old and the new id of each person whom `rekey` carries over. With a target: from this id to itself."""
    shown: str = Field(default="", max_length=128)
    """Of `distinct`, and of a `rekey` with a target: digests of whom the operator was shown, as `bascule directory` sends them.
    About anybody else the order says nothing."""
    even_with_session: Flag = False
    """Of `stop`, `restart`, `rebuild` and `quarantine`: also while somebody is logged on there; of `restore`: although
    somebody is logged on to the desktop that the person has now. Only with a reason."""
    agent: str | None = Field(default=None, max_length=256)
    """Of `reassign`: the login or id of the agent who gets the desktop."""
    by_force: Flag = False
    """Of `stop`, `restart` and `rebuild`: powered off if it does not shut down within Proxmox VE's time."""
    text: str = Field(default="", max_length=MOST_TEXT, repr=False)
    """Of `message`: one line, for whoever is logged on to the desktop. Kept until the order ends, and in no journal."""
    minutes: Annotated[int | None, BeforeValidator(_number)] = Field(default=None, ge=0, le=MOST_WARN_MINUTES)
    """Of `logoff`, with a reason: from the warning to the end of the session; 0: at once, without a warning."""
    surge: SurgeRequest | None = None
    """The terms of `surge`."""


class WithdrawalRequest(BaseModel):
    """An order to end another one."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    kind: _Withdrawn
    """Of the order to end."""
    target: str | None = Field(default=None, max_length=256)
    """Of the order to end; null: it has none."""
    reason: Why = ""
    """Why; kept in the journal."""
    said_by: SaidBy = ""
    """Who ends it, in the caller's words."""


@writing.post(
    "/intents", response_model=OrdersDocument, responses=_ANSWERS, dependencies=[ask(Role.HELPDESK)], summary="Order."
)
async def give_order(request: Request, order: OrderRequest, idempotency_key: Key) -> Response:
    """Answers with the orders in force, once the daemon has taken it."""
    demand(request, role_of_order(order.kind, order.target))
    if order.kind is IntentKind.SURGE and order.target not in ORDERED:
        raise RequestRefused(409, SURGE_NO_EVENT(target=order.target or "", events=", ".join(ORDERED)))
    until: datetime | None = order.until
    intent = Intent(
        kind=order.kind,
        by=author(caller_of(request).name, order.said_by),
        at=site_of(request).clock.now(),
        reason=order.reason,
        target=order.target or "",
        until=None if until is None else until.timestamp(),
        allows=_allowance(order),
        rekeys=tuple(Rekey(AgentId(old), AgentId(new)) for old, new in order.rekeys),
        terms=Terms(
            even_with_session=order.even_with_session,
            by_force=order.by_force,
            agent=None if order.agent is None else AgentId(order.agent),
            surge=None if order.surge is None else order.surge.terms(),
            text=order.text,
            minutes=order.minutes,
            shown=order.shown,
        ),
    )
    return await answer_once(request, idempotency_key, order, lambda: _carry_out(request, intent))


@writing.post(
    "/intents/withdrawals",
    response_model=OrdersDocument,
    responses=_ANSWERS,
    dependencies=[ask(Role.HELPDESK)],
    summary="End an order.",
)
async def withdraw_order(request: Request, order: WithdrawalRequest, idempotency_key: Key) -> Response:
    """Answers with the orders that are still in force."""
    demand(request, role_of_order(order.kind, order.target))
    withdrawal = Withdrawal(
        kind=order.kind,
        by=author(caller_of(request).name, order.said_by),
        at=site_of(request).clock.now(),
        reason=order.reason,
        target=order.target or "",
    )
    return await answer_once(request, idempotency_key, order, lambda: _carry_out(request, withdrawal))


def _allowance(order: OrderRequest) -> Allowance | None:
    """Of an order to accept a directory it is there, also if it names nobody: an older state may have the same people."""
    leavers, joiners = (frozenset(map(AgentId, ids)) for ids in (order.leavers, order.joiners))
    if order.kind is not IntentKind.ACCEPT_DIRECTORY and not leavers and not joiners:
        return None
    return Allowance(leavers=leavers, joiners=joiners)


async def answer_once(
    request: Request, key: str, body: BaseModel, carry_out: Callable[[], Coroutine[Any, Any, bytes]]
) -> Response:
    """Carry the order out, or answer as before if it is the same one again."""
    replies: Replies = request.app.state.replies
    content = hashlib.sha256(f"{type(body).__name__}\n{body.model_dump_json()}".encode()).digest()
    reply = replies.of(caller_of(request).name, key, content, carry_out)
    if reply is None:
        raise RequestRefused(409, KEY_USED())
    try:
        # Shielded: an order that was handed in goes on, also if this client has gone.
        taken = await asyncio.wait_for(asyncio.shield(reply), MOST_S)
    except TimeoutError:
        raise RequestRefused(504, NOT_TAKEN(within_s=MOST_S)) from None
    return Response(taken, media_type=JSON, headers={"Cache-Control": "no-store"})


async def _carry_out(request: Request, order: Order) -> bytes:
    site = site_of(request)
    refused = await asyncio.wrap_future(site.order(order))
    if refused.code == ORDERS_WAIT.code:
        raise RequestRefused(503, refused, headers={"Retry-After": "1"})
    if refused:
        raise RequestRefused(409, refused)
    return encoded(orders_in_force(site.board.last, order))
