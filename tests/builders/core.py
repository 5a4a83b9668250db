"""Agents, desktops and situations for the tests of the core, in the words of the domain.

Desktop number n belongs to agent number n, has VMID 5000 + n and lies on node n1, n2, … in turn; now is always NOW.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import inf
from typing import Any

from provisioner.model.actions import Action
from provisioner.model.budget import Budget, Naming, Pace, Safety
from provisioner.model.demand import Demand, NotWanted, Want
from provisioner.model.departures import Departure, LeaverRules
from provisioner.model.ids import ClusterId, NodeName, Vmid, WaveName
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.kept.records import DesktopRecord, Records
from provisioner.model.lending import Lease
from provisioner.model.machines.cluster import ClusterView, Guest, Power
from provisioner.model.machines.desktops import (
    UNTRIED,
    Attempts,
    FirstBoot,
    GuestReport,
    Identity,
    Phase,
    Reservation,
    Session,
    SessionState,
    Unheard,
)
from provisioner.model.people.agents import Agent, Roster
from provisioner.model.people.profiles import Addressing, Entitlement, Profile, Selection
from provisioner.model.scenario.scenarios import PreparationLevel
from provisioner.model.site_config import SiteConfig
from provisioner.model.vm_marks import tags_for
from provisioner.model.words import GuestWord
from provisioner.planning.inputs import Situation
from provisioner.pve.desktop_settings import settings_tag
from tests.builders.actions import a_delete, a_reservation, a_seat, a_stop, an_agent_id
from tests.builders.cluster import INSTALLATION, NOW, OFFICE, PVE, a_profile, a_snapshot, a_view, some_addresses
from tests.builders.records import PARTS, a_step

FIRST_VMID, LAST_VMID = 5001, 7000
RUNNING_SINCE = NOW - 300
"""The default start of a running desktop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desktop:
    """One desktop, as store, cluster and executor know it."""

    reservation: Reservation
    guest: Guest | None = None
    uptime_s: int = 0
    """As it is listed; 0: not at all."""
    report: GuestReport | None = None
    unheard: Unheard | None = None
    started_at: float | None = None
    checked_at: float | None = None
    attempts: Attempts | None = None
    assigned: bool = True
    departure: Departure | None = None
    identity: Identity = Identity()
    lease: Lease | None = None
    in_flight: Action | None = None

    def but(self, **changed: Any) -> "Desktop":
        """The same, with something changed."""
        return replace(self, **changed)

    def on(self, node: str) -> "Desktop":
        """The same, seen on another node."""
        assert self.guest is not None
        return self.but(guest=replace(self.guest, node=NodeName(node)))


def a_session(login: str = "zoe", *, state: SessionState = SessionState.CONNECTED, since: float = NOW - 60) -> Session:
    return Session(login=login, state=state, since=since)


def a_report(**changed: Any) -> GuestReport:
    """Ready for 250 s, read a minute ago when it was just written, without sessions."""
    values: dict[str, Any] = {
        "read_at": NOW - 60,
        "first_boot": FirstBoot.DONE,
        "logon_port_open": True,
        "booted_at": RUNNING_SINCE,
        "ready_at": NOW - 250,
    }
    values |= changed
    return GuestReport(**{"written_at": values["read_at"], **values})


def a_desktop(number: int = 1, phase: Phase = Phase.READY, **changed: Any) -> Desktop:
    """A desktop in a phase; `changed` are fields of its reservation."""
    reservation = a_reservation(number, **changed)
    guest = _guest_of(reservation)
    made = Desktop(reservation=reservation, guest=guest)
    running = made.but(guest=replace(guest, power=Power.RUNNING), uptime_s=300)
    match phase:
        case Phase.RESERVED:
            return made.but(reservation=replace(reservation, proven=False), guest=None, assigned=False)
        case Phase.CLONING:
            bare = replace(guest, name=None, lock="clone", tags=frozenset())
            return made.but(reservation=replace(reservation, proven=False), guest=bare, assigned=False)
        case Phase.UNPROVEN:
            untagged = replace(guest, tags=frozenset())
            return made.but(reservation=replace(reservation, proven=False), guest=untagged, assigned=False)
        case Phase.CLONED:
            return made.but(guest=replace(guest, tags=frozenset()), assigned=False)
        case Phase.STOPPED:
            return made
        case Phase.STARTING:
            return running.but(uptime_s=10, started_at=NOW - 12)
        case Phase.READY:
            return running.but(report=a_report(), started_at=RUNNING_SINCE)
        case Phase.SILENT:
            silent = Unheard(word=GuestWord.NO_AGENT, text="QEMU guest agent is not running", since=NOW - 600, silent=True)
            return running.but(report=a_report(read_at=NOW - 900), unheard=silent, started_at=NOW - 1800, uptime_s=1790)
        case Phase.STOPPING:
            return running.but(report=a_report(), started_at=RUNNING_SINCE, in_flight=a_stop(number))
        case Phase.DELETING:
            return made.but(in_flight=a_delete(number))
        case Phase.FAILED:
            return made.but(attempts=Attempts(count=5, reason="gave up after 5 tries: no", gave_up=True))
        case Phase.UNKNOWN:
            return made.but(guest=replace(guest, power=Power.UNKNOWN), started_at=RUNNING_SINCE)


def _guest_of(reservation: Reservation) -> Guest:
    """Configured as the test's profile of that name says."""
    profile = a_profile(reservation.profile, addressing=some_addresses() if reservation.address else Addressing())
    return Guest(
        key=reservation.key,
        node=reservation.node,
        power=Power.STOPPED,
        name=reservation.name,
        tags=frozenset({*tags_for(profile, INSTALLATION), settings_tag(reservation, profile)}),
        vcpus=2,
        memory_mib=4096,
    )


def an_agent(number: int = 1, **changed: Any) -> Agent:
    values = {"agent_id": an_agent_id(number), "login": f"login{number:04}", "display_name": f"Agent {number}"}
    return Agent(**{**values, **changed})


def a_roster(agents: int | Iterable[Agent] = 3) -> Roster:
    people = tuple(an_agent(number) for number in range(1, agents + 1)) if isinstance(agents, int) else tuple(agents)
    return Roster(read_at=NOW - 600, agents={person.agent_id: person for person in people})


def a_want(number: int = 1, **changed: Any) -> Want:
    values = {
        "seat": a_seat(number),
        "login": f"login{number:04}",
        "profile": OFFICE,
        "wave": WaveName("everyone"),
        "rank": (100, NOW - 3600, f"login{number:04}"),
        "by": f"the test wants a desktop for login{number:04}",
    }
    return Want(**{**values, **changed})


def a_demand(wanted: int | Iterable[Want] = 3, *, ahead: Iterable[Want] = (), later: Iterable[Want] = ()) -> Demand:
    """Wants of agents 1 to `wanted`, or these wants, with an open batch; the batches of `ahead` and `later` are closed."""
    wants = (a_want(number) for number in range(1, wanted + 1)) if isinstance(wanted, int) else wanted
    return Demand(
        wants={want.seat: want for want in wants},
        ahead={want.seat: want for want in ahead},
        not_wanted=tuple(
            NotWanted(
                agent_id=want.agent_id, login=want.login, reason="later", opens_at=want.opens_at, then=want, entitled=True
            )
            for want in later
        ),
    )


def a_want_ahead(
    number: int = 1, level: PreparationLevel = PreparationLevel.STOPPED, *, opens_in: float = 3600.0, **changed: Any
) -> Want:
    """A want prepared ahead: its batch opens in an hour."""
    login = f"login{number:04}"
    return a_want(number, **{"level": level, "rank": (changed.pop("priority", 100), NOW + opens_in, login), **changed})


def an_order(kind: IntentKind, node: str = "", *, reason: str = "") -> Intent:
    """Given by zoe; of a node of the cluster, where one is named."""
    return Intent(kind=kind, by="zoe", at=NOW, reason=reason, target=f"{PVE}/{node}" if node else "")


def a_budget(**changed: Any) -> Budget:
    return Budget(**changed)


def a_naming(first: int = FIRST_VMID, last: int = LAST_VMID, **clusters: tuple[int, int]) -> Naming:
    ranges = {PVE: (first, last), **clusters}
    return Naming(vmids={ClusterId(name): (Vmid(low), Vmid(high)) for name, (low, high) in ranges.items()})


def a_config(*profiles: Profile, budget: Budget | None = None, naming: Naming | None = None) -> SiteConfig:
    known = profiles or (a_profile(),)
    return SiteConfig(
        installation=INSTALLATION,
        profiles={profile.name: profile for profile in known},
        naming=naming or a_naming(),
        budget=budget or Budget(),
        pace=Pace(session_first_s=120.0, session_interval_s=900.0),  # readings seldom come in between
        entitlements=(Entitlement(profile=OFFICE, who=Selection()),),
    )


def a_memory(desktops: Iterable[Desktop] = (), **changed: Any) -> Records:
    """What the store keeps of these desktops."""
    kept = {desktop.reservation.name: desktop for desktop in desktops}
    records = {
        name: DesktopRecord(
            reservation=desktop.reservation,
            report=desktop.report,
            unheard=desktop.unheard,
            started_at=desktop.started_at,
            attempts=desktop.attempts or UNTRIED,
            assigned_to=desktop.reservation.agent_id if desktop.assigned else None,
            departure=desktop.departure,
            identity=desktop.identity,
            lease=desktop.lease,
        )
        for name, desktop in kept.items()
    }
    made = a_step(records, **{word: changed.pop(word) for word in PARTS if word in changed}).desktops
    return Records(
        desktops=records | {name: record for name, record in made.items() if record is not None},
        checked={name: desktop.checked_at for name, desktop in kept.items() if desktop.checked_at is not None},
        **changed,
    )


_OF_THE_SITUATION = ("booted", "causes", "offline_since")
_OF_SAFETY = {"max_deletes": 0, "max_stops_percent": 5.0, "settle_s": 0.0, "replace_after_s": inf}
"""As if nothing was ever deleted, waited for or replaced, unless a test says so."""


def _safety(*, settle_s: float, **changed: Any) -> Safety:
    return Safety(rebuild_settle_s=settle_s, **changed)


def a_situation(
    desktops: Iterable[Desktop] = (),
    *,
    wanted: int | Iterable[Want] = 0,
    config: SiteConfig | None = None,
    view: ClusterView | None = None,
    others: Iterable[ClusterView] = (),
    **changed: Any,
) -> Situation:
    """Everything planning needs: a cluster with these desktops on it, and agents 1 to `wanted` who want one each.

    What is changed is of the memory (`intents`, `retired`, …), of the demand (`ahead`, `later`), of the safety settings, or one
    of the situation's own fields.
    """
    desktops = tuple(desktops)
    base = view or a_view()
    guests = {**base.guests, **{desktop.guest.key.vmid: desktop.guest for desktop in desktops if desktop.guest}}
    uptimes = {**base.uptimes_s, **{desktop.reservation.vmid: desktop.uptime_s for desktop in desktops if desktop.uptime_s}}
    in_flight = {desktop.reservation.key: desktop.in_flight for desktop in desktops if desktop.in_flight}
    return Situation(
        now=NOW,
        config=replace(
            config or a_config(),
            safety=_safety(**{name: changed.pop(name, usual) for name, usual in _OF_SAFETY.items()}),
            leavers=changed.pop("leavers", LeaverRules()),
        ),
        snapshot=a_snapshot(replace(base, guests=guests, uptimes_s=uptimes), *others),
        in_flight={**in_flight, **changed.pop("in_flight", {})},
        demand=a_demand(wanted, **{name: changed.pop(name) for name in ("ahead", "later") if name in changed}),
        **{name: changed.pop(name) for name in _OF_THE_SITUATION if name in changed},
        records=a_memory(desktops, **changed),
    )
