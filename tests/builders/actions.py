"""Actions on desktop number n, and their ends. Number n has VMID 5000 + n and lies on node n1, n2, … in turn."""

from collections.abc import Mapping
from typing import Any

from provisioner.model.actions import (
    Action,
    Assign,
    CheckGuest,
    Clone,
    Configure,
    Delete,
    Outcome,
    Release,
    Result,
    Start,
    Stop,
    Tag,
    Verify,
)
from provisioner.model.ids import AgentId, DesktopName, GuestKey, LockDomain, NodeName, Seat, Vmid
from provisioner.model.machines.desktops import Reservation
from provisioner.model.machines.seats import seat_of
from tests.builders.cluster import NOW, OFFICE, PVE, a_profile, a_template


def a_name(number: int = 1) -> DesktopName:
    return DesktopName(f"vd-{5000 + number}")


def a_key(number: int = 1) -> GuestKey:
    return GuestKey(PVE, Vmid(5000 + number))


def an_agent_id(number: int = 1) -> AgentId:
    return AgentId(f"agent-{number:04}")


def a_seat(number: int = 1) -> Seat:
    return seat_of(an_agent_id(number))


def a_reservation(number: int = 1, *, nodes: int = 2, **changed: Any) -> Reservation:
    """A desktop of an agent; `agent_id` gives it to another, or to no single one."""
    if "agent_id" in changed:
        agent_id = changed.pop("agent_id")
        changed["seat"] = None if agent_id is None else seat_of(agent_id)
    values: dict[str, Any] = {
        "name": a_name(number),
        "cluster": PVE,
        "vmid": Vmid(5000 + number),
        "profile": OFFICE,
        "seat": a_seat(number),
        "address": "",
        "node": NodeName(f"n{(number - 1) % nodes + 1}"),
        "reserved_at": NOW - 1000,
        "proven": True,
    }
    return Reservation(**{**values, **changed})


def _common(number: int, changed: dict[str, Any]) -> dict[str, Any]:
    return {"reservation": a_reservation(number), "because": "a test", "deadline": NOW + 60, **changed}


def a_clone(number: int = 1, **changed: Any) -> Clone:
    reservation = changed.pop("reservation", a_reservation(number, proven=False))
    node = reservation.node
    values = {
        "profile": a_profile(),
        "template": a_template(node),
        "lock_domain": LockDomain(f"{PVE}/{node}/local"),
        "reservation": reservation,
    }
    return Clone(**_common(number, {**values, **changed}))


def _placed(number: int, changed: dict[str, Any]) -> dict[str, Any]:
    return _common(number, {"node": a_reservation(number).node_key, **changed})


def a_configure(number: int = 1, **changed: Any) -> Configure:
    return Configure(**_placed(number, {"profile": a_profile(), **changed}))


def a_start(number: int = 1, **changed: Any) -> Start:
    return Start(**_placed(number, {"profile": a_profile(), **changed}))


def a_check(number: int = 1, **changed: Any) -> CheckGuest:
    return CheckGuest(**_placed(number, {"profile": a_profile(), **changed}))


def a_stop(number: int = 1, **changed: Any) -> Stop:
    return Stop(**_placed(number, {"profile": a_profile(), **changed}))


def a_delete(number: int = 1, **changed: Any) -> Delete:
    return Delete(**_placed(number, changed))


def a_tag(number: int = 1, *tags: str, **changed: Any) -> Tag:
    return Tag(**_placed(number, {"tags": frozenset(tags), **changed}))


def an_assignment(number: int = 1, **changed: Any) -> Assign:
    return Assign(**_common(number, {"agent_id": an_agent_id(number), **changed}))


def a_release(number: int = 1, **changed: Any) -> Release:
    return Release(**_common(number, changed))


def a_verify(number: int = 1, **changed: Any) -> Verify:
    """Of a reserved VMID; with `name=None`, of one the store does not know."""
    values = {"key": a_key(number), "node": a_reservation(number).node_key, "because": "a test", "deadline": NOW + 60}
    return Verify(**{**values, "name": a_name(number), **changed})


def an_outcome(number: int = 1, action: str = "clone", result: Result = Result.RETRY, **changed: Any) -> Outcome:
    values = {"reason": "no luck", "started_at": NOW - 10, "ended_at": NOW}
    return Outcome(desktop=a_name(number), key=a_key(number), action=action, result=result, **{**values, **changed})


def nothing_in_flight() -> Mapping[GuestKey, Action]:
    return {}
