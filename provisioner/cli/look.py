"""Looking without touching: `plan`, `status`, `desktops`, `agents`, `journal`."""

import os
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from provisioner.cli.clocks import clock_of_commands
from provisioner.cli.output import CONFIG, ConfigOption, JsonOption, complain, counted, print_json, print_table, say
from provisioner.daemon.composition import outside_of, store_of
from provisioner.daemon.glance import Glance, glance
from provisioner.model.actions import Action, kind
from provisioner.model.picture import DesktopState, Picture
from provisioner.settings.bascule import load_settings

AllOption = Annotated[bool, typer.Option("--all", help="Every line, not only the commonest.")]
_SHOWN = 20


def plan(config: ConfigOption = CONFIG, json: JsonOption = False, all_lines: AllOption = False) -> None:
    """What the next cycle would do and why, and what it would not. Nothing is changed."""
    picture = _look(config).picture
    if json:
        print_json({"actions": [_action(one) for one in picture.plan.actions], "deferred": picture.plan.deferred,
                    "leftovers": picture.plan.leftovers, "blocked": picture.blocked})  # fmt: skip
        return
    actions = picture.plan.actions
    counts = Counter(kind(one) for one in actions)
    say(
        "the next cycle would order: " + (", ".join(f"{count} × {word}" for word, count in sorted(counts.items())) or "nothing")
    )
    rows = [(kind(one), one.desktop, one.key, one.because) for one in (actions if all_lines else actions[:_SHOWN])]
    if rows:
        print_table("", ("action", "desktop", "VM", "because"), rows)
    _more(len(actions), all_lines)
    _reasons("not now", (one.reason for one in picture.plan.deferred))
    _reasons("stopped by the safety gate", picture.blocked)


def status(config: ConfigOption = CONFIG, json: JsonOption = False) -> None:
    """Where the switch is: desktops by phase, sessions, capacity, and what is in the way."""
    seen = _look(config)
    picture = seen.picture
    if json:
        print_json(_status(seen))
        return
    wanted = picture.demand.wants
    ready = sum(one.wanted and one.phase == "ready" for one in picture.desktops.values())
    say(f"{ready} of {counted(len(wanted), 'wanted desktop')} ready; {_sessions(picture)}")
    phases = Counter((one.reservation.profile, one.phase.value) for one in picture.desktops.values())
    print_table(
        "", ("profile", "phase", "desktops"), [(*key, count) for key, count in sorted(phases.items())], numbers=("desktops",)
    )
    free = [(name, one.free, one.binds) for name, one in sorted(picture.capacity.items())]
    print_table("", ("profile", "room for", "then short of"), free, numbers=("room for",))
    _obstacles(seen)


def desktops(config: ConfigOption = CONFIG, json: JsonOption = False) -> None:
    """Every desktop: its agent, node, phase, and what that was concluded from."""
    picture = _look(config).picture
    states = sorted(picture.desktops.values(), key=lambda one: one.reservation.name)
    if json:
        print_json(states)
        return
    print_table("", ("desktop", "VM", "agent", "node", "phase", "sessions", "because"), map(_desktop, states))


def agents(config: ConfigOption = CONFIG, json: JsonOption = False) -> None:
    """Every agent of the roster: the desktop, or why there is none yet."""
    picture = _look(config).picture
    rows = list(_agents(picture))
    if json:
        print_json([dict(zip(("login", "name", "wave", "desktop", "phase", "because"), row, strict=True)) for row in rows])
        return
    print_table("", ("login", "name", "wave", "desktop", "phase", "because"), rows)
    if picture.roster:
        _reasons("rejected directory entries", (one.reason for one in picture.roster.rejected))


def journal(
    config: ConfigOption = CONFIG,
    json: JsonOption = False,
    desktop: Annotated[str, typer.Option("--desktop", help="Only this one.")] = "",
    lines: Annotated[int, typer.Option("--lines", "-n", min=1, help="How many.")] = 50,
) -> None:
    """What was ordered and what came of it, newest first."""
    settings = load_settings(config, environment=os.environ)
    with closing(store_of(settings, clock=clock_of_commands())) as store:
        entries = list(store.journal(limit=lines, subject=desktop or None))
    if json:
        print_json(entries)
        return
    rows = ((_moment(one.at), one.what, one.subject, one.result, one.reason) for one in entries)
    print_table("", ("at", "what", "desktop", "result", "reason"), rows)


def _look(config: Path) -> Glance:
    clock = clock_of_commands()
    settings = load_settings(config, environment=os.environ)
    with closing(outside_of(settings, clock=clock, on_call=lambda _: None)) as outside:
        return glance(settings, outside, now=clock.now())


def _action(action: Action) -> dict[str, object]:
    return {"action": kind(action), "desktop": action.desktop, "vm": str(action.key), "because": action.because}


def _status(seen: Glance) -> dict[str, object]:
    picture = seen.picture
    return {
        "at": picture.at,
        "wanted": len(picture.demand.wants),
        "not_wanted": len(picture.demand.not_wanted),
        "desktops": Counter(one.phase.value for one in picture.desktops.values()),
        "sessions": sum(len(one.sessions or ()) for one in picture.desktops.values()),
        "sessions_unknown": sum(one.sessions is None for one in picture.desktops.values()),
        "capacity": picture.capacity,
        "intents": picture.intents,
        "blocked": picture.blocked,
        "unseen": seen.unseen,
        "directory_error": picture.directory_error,
        "baseline_accepted": picture.baseline_accepted,
    }


def _sessions(picture: Picture) -> str:
    known = sum(len(one.sessions or ()) for one in picture.desktops.values())
    unknown = sum(one.sessions is None for one in picture.desktops.values())
    text = counted(known, "open session")
    return f"{text}; sessions of {counted(unknown, 'desktop')} unknown" if unknown else text


def _obstacles(seen: Glance) -> None:
    for cluster, reason in seen.unseen.items():
        complain(f"cluster {cluster} cannot be observed: {reason}")
    if seen.picture.directory_error:
        complain(f"directory: {seen.picture.directory_error}")
    for intent in seen.picture.intents:
        if intent.kind != "surge":
            say(f"{intent.kind.value}: ordered by {intent.by} at {_moment(intent.at)} {intent.reason}".rstrip())
    _reasons("waiting", (one.reason for one in seen.picture.plan.deferred))
    _reasons("stopped by the safety gate", seen.picture.blocked)


def _desktop(state: DesktopState) -> tuple[object, ...]:
    sessions = "unknown" if state.sessions is None else len(state.sessions)
    reservation = state.reservation
    agent = state.agent_login or reservation.agent_id or "-"
    return (reservation.name, reservation.key, agent, state.node, state.phase.value, sessions, state.because)


def _agents(picture: Picture) -> Iterable[tuple[str, ...]]:
    of_agent = {one.reservation.agent_id: one for one in picture.desktops.values()}
    reasons = {one.agent_id: one.reason for one in picture.plan.deferred}
    left_out = {one.agent_id: one.reason for one in picture.demand.not_wanted}
    roster = picture.roster.agents if picture.roster else {}
    for agent in sorted(roster.values(), key=lambda one: one.login):
        want, state = picture.demand.wants.get(agent.agent_id), of_agent.get(agent.agent_id)
        because = left_out.get(agent.agent_id) or reasons.get(agent.agent_id) or (state.because if state else "")
        desktop, phase = (state.reservation.name, state.phase.value) if state else ("-", "-")
        yield (agent.login, agent.display_name, want.wave if want else "-", desktop, phase, because)


def _reasons(title: str, reasons: Iterable[str]) -> None:
    counts = Counter(reasons)
    if counts:
        rows = sorted(((count, reason) for reason, count in counts.items()), key=lambda row: (-row[0], row[1]))
        print_table(title, ("", "reason"), rows, numbers=("",))


def _more(number: int, all_lines: bool) -> None:
    if number > _SHOWN and not all_lines:
        say(f"… and {number - _SHOWN} more (--all)")


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, tz=UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")
