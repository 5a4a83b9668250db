"""An agent with the desktop, or a desktop: what is wanted, what stands against it, what was done and what failed."""

from collections.abc import Iterator
from dataclasses import dataclass

from provisioner.model.actions import Clone
from provisioner.model.demand import Want
from provisioner.model.ids import Instant, Seat
from provisioner.model.machines.desktops import UNTRIED, Attempts, Phase
from provisioner.model.machines.seats import agent_at
from provisioner.model.status import DesktopState, Status
from provisioner.model.words import WaitsFor
from provisioner.views.agents import AgentDocument, AgentStanding, agent_document
from provisioner.views.desktops import DesktopDocument, TargetDocument, desktop_document, want_document
from provisioner.views.journal import JournalLine
from provisioner.views.lent import Lent, LentDocument, how_to_borrow
from provisioner.views.orders import OrderDocument
from provisioner.views.plan import ActionDocument, action_document
from provisioner.views.published import Published
from provisioner.views.reasons import ReasonDocument
from provisioner.views.rotation import PersonRotationDocument, person_rotation
from provisioner.views.times import stamp_or_none
from provisioner.views.why.holds import HoldDocument, deferrals_about, holds_of_seat, intents_about, tried_again_at
from provisioner.views.why.kept import KeptDocument
from provisioner.views.why.past import ErrorDocument, Journal, last_error, line_documents, lines_of_desktops


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatWhy:
    """An agent with the desktop, or a desktop."""

    agent: AgentDocument | None
    """None: no agent of the roster in force has it."""
    desktop: DesktopDocument | None
    """None: there is none yet; or the daemon was not asked."""
    kept: KeptDocument | None
    """What the store keeps of the desktop, if the daemon was not asked; None: it was, or nothing is kept."""
    lent: LentDocument | None
    """The desktop of a pool that the agent has, or who has this desktop; None: none, or it is free."""
    borrow: ReasonDocument | None
    """How an agent without a desktop gets one of a pool; None: the agent has one, or there is no pool."""
    target: TargetDocument | None
    """What is wanted; None: nothing, or the daemon was not asked."""
    waits_since: str | None
    """When the agent's batch opened; None: nobody waits, the desktop is ready or rests."""
    ordered: tuple[ActionDocument, ...]
    """What the last cycle ordered for it."""
    held_by: tuple[HoldDocument, ...]
    """What stands against what is wanted; empty: nothing, it is ready or on its way."""
    intents: tuple[OrderDocument, ...]
    """Orders in force for everything, and for it."""
    last_error: ErrorDocument | None
    """None: nothing has failed within a day, or since it last went on."""
    next_try_at: str | None
    """None: in the next cycle, if anything is to be done; or never, if it was given up."""
    others: tuple[str, ...]
    """Other desktops of the same agent."""
    half_days: PersonRotationDocument | None
    """The agent's half-days of a rotation; None: the agent has none, or the daemon was not asked."""
    journal: tuple[JournalLine, ...]
    """The last day's orders with their reasons and results, newest first; of the agent's other desktops too."""


def seat_why(
    published: Published, seat: Seat | None, state: DesktopState | None, standing: AgentStanding | None, journal: Journal
) -> SeatWhy:
    """The agent of this seat with the desktop; `state`: None, there is none yet."""
    status = published.status
    attempts, others = _attempts(published, state), tuple(_others(status, seat, state))
    desktops = (*(() if state is None else (state.reservation,)), *(other.reservation for other in others))
    lines = lines_of_desktops(desktops, agent_at(seat), journal, now=status.at)
    desktop = None if state is None else desktop_document(published, state)
    want = status.demand.want_of(seat)
    return SeatWhy(
        agent=None if standing is None else agent_document(standing),
        desktop=desktop,
        kept=None,
        lent=_lent(published, state, standing),
        borrow=_borrow(published, state, standing),
        target=desktop.target if desktop is not None else None if want is None else want_document(want),
        waits_since=stamp_or_none(_waits_since(want, state)),
        ordered=tuple(_ordered(status, seat, state)),
        held_by=tuple(holds_of_seat(status, seat, state)),
        intents=intents_about(status.intents, agent_at(seat), *_names(state)),
        last_error=last_error(lines, attempts, of=_name(state)),
        next_try_at=stamp_or_none(_next_try(status, seat, state, attempts)),
        others=tuple(other.reservation.name for other in others),
        half_days=person_rotation(status, agent_at(seat)),
        journal=line_documents(lines),
    )


def _lent(published: Published, state: DesktopState | None, standing: AgentStanding | None) -> LentDocument | None:
    if standing is not None and (standing.lent is not None or state is None):
        return standing.lent
    return None if state is None else Lent.of(published).document(published.records.get(state.reservation.name))


def _borrow(published: Published, state: DesktopState | None, standing: AgentStanding | None) -> ReasonDocument | None:
    if standing is None or standing.lent is not None or (state is not None and state.phase is Phase.READY):
        return None
    return how_to_borrow(published.status, standing.agent.login) if standing.agent.enabled else None


def _attempts(published: Published, state: DesktopState | None) -> Attempts:
    record = None if state is None else published.records.get(state.reservation.name)
    return UNTRIED if record is None else record.attempts


def _others(status: Status, seat: Seat | None, state: DesktopState | None) -> Iterator[DesktopState]:
    """The other desktops, by name."""
    alike = (other for other in status.desktops.values() if seat is not None and other.reservation.seat == seat)
    yield from sorted((other for other in alike if other is not state), key=lambda other: other.reservation.name)


def _name(state: DesktopState | None) -> str | None:
    return None if state is None else state.reservation.name


def _names(state: DesktopState | None) -> tuple[str, ...]:
    """Names by which an order may be about it: its own, its VM's, and its node's."""
    if state is None:
        return ()
    reservation = state.reservation
    return (reservation.name, str(reservation.key), f"{reservation.cluster}/{state.node}")


def _waits_since(want: Want | None, state: DesktopState | None) -> Instant | None:
    if want is None or want.level is not None or want.rest is not None:
        return None
    served = state is not None and state.phase is Phase.READY and not state.unused
    return None if served or (state is not None and not state.wanted) else want.opens_at


def _ordered(status: Status, seat: Seat | None, state: DesktopState | None) -> Iterator[ActionDocument]:
    """A clone is also its agent's who has no desktop yet, or another one."""
    used = state is None or not state.unused
    for action in status.plan.actions:
        anew = isinstance(action, Clone) and seat is not None and action.reservation.seat == seat
        if action.desktop == _name(state) or (anew and used):
            yield action_document(action)


def _next_try(status: Status, seat: Seat | None, state: DesktopState | None, attempts: Attempts) -> Instant | None:
    deferrals = deferrals_about(status, seat, state)
    at = tried_again_at(deferrals)
    if any(deferral.binds is WaitsFor.PAUSED for deferral in deferrals):
        return at
    if at is not None or attempts.gave_up or attempts.retry_at <= status.at:
        return at
    return attempts.retry_at
