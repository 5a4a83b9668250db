"""Reservations, outcomes and rosters for stores, and a clock that stands still."""

from dataclasses import dataclass
from typing import Any

from provisioner.model.actions import Outcome, Result, Retired
from provisioner.model.ids import AgentId, ClusterId, DesktopName, GuestKey, Instant, NodeName, ProfileName, Vmid
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.kept.erasure import ErasureRequest, Unclear
from provisioner.model.kept.known_people import known
from provisioner.model.machines.desktops import FirstBoot, GuestReport, Reservation, Session, SessionState
from provisioner.model.machines.seats import seat_of
from provisioner.model.people.agents import AccountStatus, Agent, Rejected, Roster
from provisioner.reasons.reason import as_reason

NOON = 1_800_000_000.0
PARIS = ClusterId("paris")


@dataclass(frozen=True, slots=True, kw_only=True)
class StillClock:
    """Always the same moment."""

    at: Instant = NOON

    def now(self) -> Instant:
        """That moment."""
        return self.at


def a_name(vmid: int) -> DesktopName:
    """The name that goes with a VMID."""
    return DesktopName(f"vd-{vmid}")


def a_key(vmid: int, cluster: ClusterId = PARIS) -> GuestKey:
    """A VM of a cluster."""
    return GuestKey(cluster, Vmid(vmid))


def a_reservation(vmid: int = 1001, **changed: Any) -> Reservation:
    """Of vd-<vmid> on paris, without address, for no single agent but `agent_id`."""
    if agent_id := changed.pop("agent_id", None):
        changed["seat"] = seat_of(agent_id)
    values: dict[str, Any] = {
        "name": a_name(vmid),
        "cluster": PARIS,
        "vmid": Vmid(vmid),
        "profile": ProfileName("office"),
        "seat": None,
        "address": "",
        "node": NodeName("n1"),
        "reserved_at": NOON,
    }
    return Reservation(**{**values, **changed})


def a_report(**changed: Any) -> GuestReport:
    """Ready, with one session connected and one disconnected."""
    values: dict[str, Any] = {
        "read_at": NOON + 61.25,
        "first_boot": FirstBoot.DONE,
        "logon_port_open": True,
        "booted_at": NOON,
        "ready_at": NOON + 40.5,
        "sessions": (
            Session(login="zoé.lefèvre", state=SessionState.CONNECTED, since=NOON + 50),
            Session(login="admin", state=SessionState.DISCONNECTED, since=NOON + 45, source="ssh"),
        ),
    }
    return GuestReport(**{**values, **changed})


def an_outcome(vmid: int = 1001, action: str = "clone", **changed: Any) -> Outcome:
    """Done within a minute."""
    values: dict[str, Any] = {
        "desktop": a_name(vmid),
        "key": a_key(vmid),
        "action": action,
        "result": Result.DONE,
        "reason": "",
        "started_at": NOON,
        "ended_at": NOON + 60,
    }
    return Outcome(**{**values, **changed})


def a_retirement(vmid: int = 1001, reason: str = "leftover image") -> Retired:
    """A VMID that is never handed out again."""
    return Retired(key=a_key(vmid), reason=reason, at=NOON)


def an_intent(kind: IntentKind = IntentKind.FREEZE, **changed: Any) -> Intent:
    """Given by zoé at noon for maintenance."""
    values: dict[str, Any] = {"kind": kind, "by": "zoé", "at": NOON, "reason": "maintenance"}
    return Intent(**{**values, **changed})


def an_erasure(login: str, **changed: Any) -> ErasureRequest:
    """Of an agent of `a_roster`, asked for by ann."""
    values: dict[str, Any] = {
        "pseudonym": "person-0",
        "person": known(a_roster(login).agents[AgentId(f"id-{login}")]),
        "unclear": Unclear.LEAVE,
        "by": "ann",
        "at": NOON + 90,
        "reason": "asked for",
    }
    return ErasureRequest(**{**values, **changed})


def a_roster(*logins: str, read_at: Instant = NOON) -> Roster:
    """Agents with every attribute filled, and one entry that was rejected."""
    agents = [
        Agent(
            agent_id=AgentId(f"id-{login}"),
            login=login,
            display_name=f"Zoé « {login} »",
            mail=f"{login}@departement.example",
            department="Solidarité",
            site="Melun",
            groups=frozenset({"télétravail", "tous"}),
            standing=AccountStatus.DISABLED if login == "parti" else AccountStatus.ACTIVE,
            attributes={"title": ("chargée de mission", "élue"), "phone": ()},
        )
        for login in logins
    ]
    rejected = (Rejected(entry="cn=robot,dc=example", reason=as_reason("has no login")),)
    return Roster(read_at=read_at, agents={agent.agent_id: agent for agent in agents}, rejected=rejected)
