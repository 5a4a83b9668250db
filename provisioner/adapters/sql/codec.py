"""Values stored as JSON text. ASCII JSON holds every text, also characters that PostgreSQL refuses."""

import json
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import asdict, fields, is_dataclass, replace
from functools import cache
from typing import Any, cast

from provisioner.adapters.sql.rules_codec import plain_rules, rules_of
from provisioner.model.departures import Departure
from provisioner.model.guard import GuardRecord, HeldInput, Quarantine, RosterMove
from provisioner.model.ids import AgentId, Instant
from provisioner.model.intents import NO_TERMS, Allowance, Rekey, Terms
from provisioner.model.lending import Lease, LeaseState
from provisioner.model.machines.desktops import (
    UNIDENTIFIED,
    Attempts,
    FirstBoot,
    FirstBootData,
    GuestReport,
    Identity,
    Session,
    SessionState,
    Unheard,
)
from provisioner.model.people.agents import AccountStatus, Agent, Rejected, Roster, ServerState, SyncMark
from provisioner.model.words import GuestWord
from provisioner.reasons.reason import NONE, Reason, as_reason, from_document, to_document

_SIMPLE = frozenset({str, int, float, bool, type(None)})


def part_text(part: GuestReport | Unheard | Attempts | Departure | Lease | None) -> str | None:
    """A part of a desktop's record; None: there is none."""
    return json.dumps(_document(part)) if part else None


def _document(value: Any) -> Any:
    """As `asdict`, which copies each text, too, and takes three times as long: a switch writes each desktop a dozen times."""
    if type(value) in _SIMPLE:
        return value
    if isinstance(value, Reason):
        return to_document(value)
    if is_dataclass(value):
        return {name: _document(getattr(value, name)) for name in _names(cast("Hashable", type(value)))}
    if isinstance(value, Mapping):
        return {key: _document(each) for key, each in value.items()}
    return [_document(each) for each in value] if isinstance(value, tuple | list) else value


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind))


def report_of(text: str) -> GuestReport:
    """The report that `part_text` wrote."""
    raw = json.loads(text)
    sessions = tuple(Session(**{**session, "state": SessionState(session["state"])}) for session in raw["sessions"])
    parts = {"first_boot": FirstBoot(raw["first_boot"]), "sessions": sessions, "events": ()}
    parts["first_boot_data"] = FirstBootData(raw["first_boot_data"])
    more = {"identity": _identity(raw["identity"]), "clash": from_document(raw["clash"])}
    return GuestReport(**{**raw, **parts, **more})


def identity_text(identity: Identity) -> str | None:
    """What a desktop showed of itself; None: nothing."""
    return json.dumps(asdict(identity)) if identity else None


def identity_of(text: str | None) -> Identity:
    """The identity that `identity_text` wrote."""
    return UNIDENTIFIED if text is None else _identity(json.loads(text))


def _identity(raw: dict[str, Any]) -> Identity:
    parts: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in raw.items()}
    return Identity(**parts) if any(raw.values()) else UNIDENTIFIED


def reason_text(reason: str) -> str | None:
    """A reason with code and arguments; None: there is none. Not in ASCII: erasure has to find names in it."""
    return storable(json.dumps(to_document(reason), ensure_ascii=False)) if reason else None


def reason_of(text: str | None) -> Reason:
    """The reason that `reason_text` wrote."""
    return from_document(json.loads(text)) if text else NONE


def coded_text(reason: str) -> str:
    """A reason for a column that once held texts alone: one without a code is its text still."""
    return (reason_text(reason) if as_reason(reason).code else None) or storable(reason)


def coded_of(text: str) -> Reason:
    """The reason that `coded_text` wrote, or an earlier version."""
    try:
        return reason_of(text) if text.startswith("{") else Reason(text)
    except ValueError:
        return Reason(text)


def attempts_of(text: str) -> Attempts:
    """The attempts that `part_text` wrote."""
    raw = json.loads(text)
    return Attempts(**{**raw, "avoid": tuple(raw["avoid"]), "reason": from_document(raw["reason"])})


def unheard_of(text: str) -> Unheard:
    """Why the desktop gave no report, as `part_text` wrote it."""
    raw = json.loads(text)
    return Unheard(**{**raw, "word": GuestWord(raw["word"])})


def departure_of(text: str) -> Departure:
    """The departure that `part_text` wrote."""
    return Departure(**json.loads(text))


def lease_of(text: str) -> Lease:
    """The lease that `part_text` wrote."""
    raw = json.loads(text)
    return Lease(**{**raw, "state": LeaseState(raw["state"])})


def roster_text(roster: Roster) -> str:
    """A roster without its date: equal readings give equal texts."""
    agents, departed = ((_plain(agent) for _, agent in sorted(people.items())) for people in (roster.agents, roster.departed))
    lists = {"agents": agents, "departed": departed, "rejected": map(_document, roster.rejected)}
    return "{" + ", ".join(f'"{name}": {_list_text(each)}' for name, each in lists.items()) + "}"


def _list_text(documents: Iterable[dict[str, Any]]) -> str:
    """Of one after the other: as documents, 100,000 people take 100 MiB."""
    return f"[{', '.join(json.dumps(each, sort_keys=True) for each in documents)}]"


def roster_of(text: str, *, read_at: Instant) -> Roster:
    """The roster that `roster_text` wrote."""
    raw = json.loads(text)
    agents, departed = (
        {AgentId(agent["agent_id"]): _agent(agent) for agent in raw[name]} for name in ("agents", "departed")
    )  # fmt: skip
    return Roster(read_at=read_at, agents=agents, rejected=tuple(map(_rejected, raw["rejected"])), departed=departed)


def _rejected(raw: dict[str, Any]) -> Rejected:
    return Rejected(**{**raw, "reason": from_document(raw["reason"]), "same_as": tuple(raw["same_as"])})


def origin_text(roster: Roster) -> str:
    """The origin of the roster in force: server, sync mark, last full reading, number of entries, and entries by attribute."""
    mark = asdict(roster.mark) if roster.mark else None
    facts = {"source": roster.source, "mark": mark, "full_at": roster.full_at, "entries": roster.entries}
    return json.dumps(
        {**facts, "having": dict(roster.having), "servers": {url: asdict(at) for url, at in roster.servers.items()}}
    )


def with_origin(roster: Roster, text: str) -> Roster:
    """The roster with what `origin_text` wrote."""
    raw = json.loads(text)
    mark = _mark(raw["mark"])
    facts = {name: raw[name] for name in ("source", "entries", "having")}
    # Stores of before the first release do not have it.
    servers = {
        url: ServerState(mark=_mark(state["mark"]), latest={AgentId(key): date for key, date in state["latest"].items()})
        for url, state in raw.get("servers", {}).items()
    }
    return replace(roster, mark=mark, full_at=raw.get("full_at", 0.0), servers=servers, **facts)


def _mark(raw: dict[str, str] | None) -> SyncMark | None:
    return None if raw is None else SyncMark(**raw)


def guard_text(record: GuardRecord) -> str:
    """The guard's record."""
    rules = None if record.rules is None else plain_rules(record.rules)
    return json.dumps({**_document(replace(record, rules=None)), "rules": rules})


def guard_of(text: str) -> GuardRecord:
    """The record that `guard_text` wrote."""
    raw = json.loads(text)
    left, joined = ({AgentId(key): _move(move) for key, move in raw[side].items()} for side in ("left", "joined"))
    held, rules = raw["quarantine"], raw["rules"]
    return GuardRecord(
        left=left,
        joined=joined,
        turns={AgentId(key): tuple(turns) for key, turns in raw.get("turns", {}).items()},
        away={AgentId(key): since for key, since in raw.get("away", {}).items()},
        quarantine=None if held is None else _quarantine(held),
        rules=None if rules is None else rules_of(rules),
    )


def _quarantine(raw: dict[str, Any]) -> Quarantine:
    return Quarantine(**{**raw, "reason": from_document(raw["reason"]), "of": HeldInput(raw["of"])})


def _move(raw: dict[str, Any]) -> RosterMove:
    return RosterMove(**{**raw, "places": tuple(raw["places"])})


def allowance_text(allowance: Allowance) -> str:
    """The agents who may leave and join by an order."""
    return json.dumps({"leavers": sorted(allowance.leavers), "joiners": sorted(allowance.joiners)})


def allowance_of(text: str) -> Allowance:
    """The allowance that `allowance_text` wrote."""
    leavers, joiners = (frozenset(map(AgentId, json.loads(text)[side])) for side in ("leavers", "joiners"))
    return Allowance(leavers=leavers, joiners=joiners)


def ids_text(ids: Sequence[AgentId]) -> str | None:
    """Agents' ids; None: there are none."""
    return json.dumps(list(ids)) if ids else None


def ids_of(text: str | None) -> tuple[AgentId, ...]:
    """The ids that `ids_text` wrote."""
    return tuple(map(AgentId, json.loads(text))) if text else ()


def terms_text(terms: Terms) -> str | None:
    """The terms of an order about one desktop; None: there are none."""
    if terms == NO_TERMS:
        return None
    seldom = {key: getattr(NO_TERMS, key) for key in ("text", "minutes", "logins", "shown")}
    kept = {key: value for key, value in asdict(terms).items() if key != "surge"}
    return json.dumps({key: value for key, value in kept.items() if key not in seldom or value != seldom[key]})


def terms_of(text: str | None) -> Terms:
    """The terms that `terms_text` wrote."""
    if text is None:
        return NO_TERMS
    raw = json.loads(text)
    agent, logins = raw.pop("agent"), tuple(raw.pop("logins", ()))
    return Terms(**raw, agent=None if agent is None else AgentId(agent), logins=logins)


def rekeys_text(rekeys: Sequence[Rekey]) -> str | None:
    """Old and new ids; None: there are none."""
    return json.dumps([list(rekey) for rekey in rekeys]) if rekeys else None


def rekeys_of(text: str | None) -> tuple[Rekey, ...]:
    """The ids that `rekeys_text` wrote."""
    return tuple(Rekey(AgentId(old), AgentId(new)) for old, new in json.loads(text)) if text else ()


def storable(text: str) -> str:
    """Text without NUL (PostgreSQL refuses it) and without lone surrogates (not valid in UTF-8)."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode(errors="replace").decode()


def _plain(agent: Agent) -> dict[str, Any]:
    return {
        "agent_id": agent.agent_id,
        "login": agent.login,
        "display_name": agent.display_name,
        "mail": agent.mail,
        "department": agent.department,
        "site": agent.site,
        "groups": sorted(agent.groups),
        "standing": agent.standing.value,
        "unit": agent.unit,
        "rdn": agent.rdn,
        "attributes": {name: list(values) for name, values in agent.attributes.items()},
    }


def _agent(raw: dict[str, Any]) -> Agent:
    attributes = {name: tuple(values) for name, values in raw["attributes"].items()}
    standing = AccountStatus(raw["standing"])
    return Agent(**{**raw, "standing": standing, "groups": frozenset(raw["groups"]), "attributes": attributes})


__all__ = [
    "allowance_of", "allowance_text", "attempts_of", "departure_of", "guard_of", "guard_text", "part_text", "reason_of",
    "reason_text", "report_of", "roster_of", "roster_text", "storable", "unheard_of",
]  # fmt: skip
