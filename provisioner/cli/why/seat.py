"""An agent with the desktop, or a desktop, as lines of `why`."""

from collections.abc import Iterator

from provisioner.cli import times
from provisioner.cli.documents import (
    DesktopDocument,
    ErrorDocument,
    HoldDocument,
    KeptDocument,
    PersonRotationDocument,
    SeatWhy,
    SessionDocument,
)
from provisioner.cli.phases import phase_then
from provisioner.cli.times import duration, instant
from provisioner.cli.why.lent import lent_lines
from provisioner.cli.why_parts import clock, order_lines, since
from provisioner.model.lending import LeaseState
from provisioner.model.machines.seats import SeatKind
from provisioner.texts.translate import N_, _, plural, term

_SOURCES = {
    "freeze": N_("a freeze"),
    "pause": N_("a pause"),
    "session": N_("a session"),
    "hold": N_("a hold"),
    "baseline": N_("the baseline"),
    "safety": N_("the safety gate"),
    "stop_order": N_("an order to stop it"),
    "restart_order": N_("an order to restart it"),
    "rebuild_order": N_("an order to make it anew"),
    "quarantine": N_("a quarantine"),
    "drain": N_("a drain"),
    "cordon": N_("a cordon"),
    "maintenance": N_("maintenance"),
    "ha": N_("Proxmox VE's HA"),
    "wave": N_("the scenario"),
    "entitlement": N_("entitlements"),
    "directory": N_("the directory"),
    "leaver": N_("a departure"),
    "superseded": N_("another desktop"),
    "failed": N_("a failure"),
    "unknown": N_("an unknown state"),
}
"""What people read for a source. Any other is a word for what it waits for."""
_LEVELS = {
    "ready": N_("a ready desktop"),
    "running": N_("running, ahead of need"),
    "made": N_("made, ahead of need"),
    "off": N_("off"),
    "absent": N_("deleted"),
    "as_is": N_("as it is"),
}
_SESSIONS = {
    "connected": N_("connected"),
    "disconnected": N_("disconnected"),
    "none": N_("nobody is logged on"),
    "unknown": N_("unknown"),
}
_WAYS = {
    "push": N_("pushed by the desktop"),
    "guest_agent": N_("read by the guest agent"),
    "ssh": N_("read over SSH"),
    "report": N_("by push or reading"),
}
"""Of a desktop's last report. `report`: it was kept, and nobody was logged on; which way it came is not kept."""
_HALF_DAYS = 4
"""So many are named."""
_USABLE = frozenset({"ready", "silent", "stopping", "unknown"})
"""Phases in which somebody may be logged on."""


def seat_lines(seat: SeatWhy, at: str) -> Iterator[str]:
    """Who and what it is, then what is wanted, what stands against it, and what failed."""
    yield _who(seat)
    yield from _described(seat, at)
    yield from lent_lines(seat, at)
    if (target := seat["target"]) is not None:
        yield _("wanted: {level} ({why})", level=_(_LEVELS[target["level"]]), why=target["because"]["text"])
    for hold in seat["held_by"]:
        if seat["desktop"] is None or hold["because"]["text"] != seat["desktop"]["because"]["text"]:
            yield _held(hold)
        yield from _about(hold)
    for action in seat["ordered"]:
        yield _("the last cycle ordered: {order} ({why})", order=action["action"], why=action["because"]["text"])
    if seat["next_try_at"]:
        yield _("next try: {time}", time=clock(seat["next_try_at"]))
    if seat["last_error"] is not None:
        yield _error(seat["last_error"])
    yield from _half_days(seat["half_days"])
    yield from order_lines(seat["intents"])
    if seat["others"]:
        yield _("other desktops of this agent: {names}", names=", ".join(seat["others"]))


def _described(seat: SeatWhy, at: str) -> Iterator[str]:
    if (desktop := seat["desktop"]) is not None:
        return _desktop(desktop, seat, at)
    if seat["kept"] is None and seat["lent"] is not None and seat["lent"]["lease"] == LeaseState.LENT:
        return iter(())  # which desktop the person has is said next
    return _none(seat, at) if seat["kept"] is None else _kept(seat["kept"], at)


def _half_days(rotation: PersonRotationDocument | None) -> Iterator[str]:
    """When the person comes, and the present wait."""
    if rotation is None:
        return
    coming = [times.clock(instant(each["begins"])) for each in rotation["next"]]
    if coming:
        shown = ", ".join(coming[:_HALF_DAYS]) + (", …" if len(coming) > _HALF_DAYS else "")
        yield _("half-days: {times}", times=shown)
    if (less := rotation["less"]) is not None:
        yield "  " + less["text"]
    if (refused := rotation["refused"]) is not None:
        yield _("no half-days: {why}", why=refused["text"])
    if (waiting := rotation["waiting"]) is not None:
        yield _("waits for a desktop: {why}", why=waiting["because"]["text"])
        yield "  " + _("expected by {time}", time=clock(waiting["expected_at"]))


def _who(seat: SeatWhy) -> str:
    agent = seat["agent"]
    if agent is None:
        login = seat["desktop"]["login"] if seat["desktop"] else None
        of = seat["desktop"]["seat"] if seat["desktop"] else None
        if of is not None and of["kind"] == SeatKind.POOL:
            return _("a desktop of pool {pool}", pool=of["id"].rpartition("/")[0])
        return _("agent {login}: not in the roster", login=login) if login else _("a desktop without an agent in the roster")
    if agent["wave"]:
        return _("{name} ({login}), wave '{wave}'", name=agent["name"], login=agent["login"], wave=agent["wave"])
    return _("{name} ({login})", name=agent["name"], login=agent["login"])


def _none(seat: SeatWhy, at: str) -> Iterator[str]:
    if seat["waits_since"]:
        yield _("no desktop yet, waiting since {since}", since=since(seat["waits_since"], at))
    else:
        yield _("no desktop")


def _desktop(desktop: DesktopDocument, seat: SeatWhy, at: str) -> Iterator[str]:
    yield _place(desktop)
    yield phase_then(desktop["phase"], desktop["unseen_since"]) or _(
        "{phase} since {since}: {why}",
        phase=term("phase", desktop["phase"]),
        since=since(desktop["since"], at),
        why=desktop["because"]["text"],
    )
    if desktop["phase"] in _USABLE:
        yield _session(desktop["session"])
    held = {hold["because"]["text"] for hold in seat["held_by"]}
    if desktop["remark"] is not None and desktop["remark"]["text"] not in held:
        yield desktop["remark"]["text"]


def _place(desktop: DesktopDocument | KeptDocument) -> str:
    return _(
        "desktop {name}: VM {cluster}/{vmid} on node {node}, profile {profile}",
        **{key: desktop[key] for key in ("name", "cluster", "vmid", "node", "profile")},
    )


def _session(session: SessionDocument) -> str:
    state = _(_SESSIONS[session["state"]])
    if session["age_s"] is None:
        return _("sessions: {state}", state=state)
    age, way = duration(session["age_s"]), _WAYS.get(session["source"] or "")
    if way is None:
        return _("sessions: {state} (last report {age} before)", state=state, age=age)
    return _("sessions: {state} (last report {age} before, {way})", state=state, age=age, way=_(way))


def _kept(kept: KeptDocument, at: str) -> Iterator[str]:
    """What a store keeps. Its phase is not known."""
    yield _place(kept)
    yield _("reserved at {time}; its phase is not known without the daemon", time=clock(kept["reserved_at"]))
    if kept["started_at"]:
        yield _("started by Bascule at {time}", time=clock(kept["started_at"]))
    if kept["reported_at"]:
        yield plural(
            "last kept report: {time}, with {count} session",
            "last kept report: {time}, with {count} sessions",
            kept["sessions_then"] or 0,
            time=since(kept["reported_at"], at),
        )
    if kept["left_at"]:
        yield _("its agent was found to have left at {time}", time=clock(kept["left_at"]))
    if kept["superseded_by"]:
        yield _("superseded by {name}", name=kept["superseded_by"])


def _held(hold: HoldDocument) -> str:
    source, why = hold["source"], hold["because"]["text"]
    if source in _SOURCES:
        return _("held by {source}: {why}", source=_(_SOURCES[source]), why=why)
    return _("waits for {binds}: {why}", binds=source, why=why) if source else _("waits: {why}", why=why)


def _about(hold: HoldDocument) -> Iterator[str]:
    """How many others, until when, and what a person has to do: said too where the desktop's own line has said why."""
    if hold["before"] is not None:
        yield "  " + plural(
            "{count} comes before it, of {alike} that wait for the same",
            "{count} come before it, of {alike} that wait for the same",
            hold["before"],
            alike=hold["alike"],
        )
    elif (alike := hold["alike"] or 0) > 1:
        yield "  " + plural("{count} waits for the same", "{count} wait for the same", alike)
    if hold["source"] == "wave" and hold["retry_at"]:
        yield "  " + _("until {time}", time=clock(hold["retry_at"]))
    if hold["act"] is not None:
        yield "  " + _("to do: {act}", act=hold["act"]["text"])


def _error(error: ErrorDocument) -> str:
    what = error["what"]
    why = error["because"]["text"]
    text = (
        _("last error, at {time}, {order}: {why}", time=clock(error["at"]), order=what, why=why)
        if error["at"] and what
        else _("last error: {why}", why=why)
    )
    if error["gave_up"]:
        return _("{text} (given up: `bascule desktop retry`)", text=text)
    if error["tries"]:
        return plural("{text} ({count} failure in a row)", "{text} ({count} failures in a row)", error["tries"], text=text)
    return _("{text} (it has gone on since)", text=text)
