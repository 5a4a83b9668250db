"""`bascule directory distinct`, and `rekey --renamed`: who is listed under one id. Both ask first, and can be taken back.

An order holds the people whom the operator was shown: it is about nobody else who comes under the id meanwhile.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Annotated

import typer

from provisioner.cli.clocks import clock_of_commands
from provisioner.cli.confirm import YesOption, confirm
from provisioner.cli.daemon_client import SocketOption
from provisioner.cli.documents import DAEMON
from provisioner.cli.ordering import Desk, desk
from provisioner.cli.output import CONFIG, ConfigOption, JsonOption, ReasonOption, print_table, say
from provisioner.cli.people.rekey_rows import OTHER_COLUMNS, RECREATED_COLUMNS, first_of, other_rows, recreated_rows
from provisioner.cli.site import settings_of
from provisioner.daemon.composition import outside_of
from provisioner.daemon.who_is import Listed, who_is
from provisioner.model.ids import AgentId
from provisioner.model.intents import IntentKind
from provisioner.model.people.agents import Agent
from provisioner.planning.roster.recreated import Recreations
from provisioner.settings.values import Settings
from provisioner.texts.translate import _, plural

WhoOption = Annotated[str, typer.Option("--by", help="Who is responsible for the order.")]


def distinct(
    agent: Annotated[str, typer.Argument(metavar="ID", help="The id.")],
    by: WhoOption,
    reason: ReasonOption = "",
    config: ConfigOption = CONFIG,
    socket: SocketOption = None,
    json: JsonOption = False,
    yes: YesOption = False,
) -> None:
    """Say that an id is a new person: the former agent has left and keeps the desktop until it ends like every leaver's.

    The new person gets another desktop. For a new id, however alike, for an id that was given to somebody else, and to take
    back `rekey --renamed`. Exit code 1 when there is nobody to tell apart.
    """
    check_who(by)
    target, daemon = AgentId(agent.strip().lower()), desk(socket, config, reason=reason, by=by, json=json)
    daemon.ask(DAEMON)
    listed = _look(settings_of(config), [target]).get(target)
    if listed is None or not listed.is_new:
        daemon.tell(_nobody(target) if listed is None else _no_doubt(listed))
        raise typer.Exit(1)
    if not json:
        _show([listed])
    confirm(_question_of_distinct(listed), yes=yes)
    daemon.give(IntentKind.DISTINCT, target, shown=listed.shown(same=False))
    daemon.tell(_("ordered: {id} is somebody new; the daemon reads the directory with its next cycle", id=target))


def rename(settings: Settings, daemon: Desk, ids: Sequence[AgentId], *, yes: bool) -> None:
    """Say that whoever is listed under these ids is the same person as before. Ends with 1 if there is nobody to say so of."""
    found = _look(settings, ids)
    same = [found[key] for key in dict.fromkeys(ids) if key in found and found[key].is_same]
    if not daemon.json:
        _show(same)
        _show_joined(same)
        for line in _left_out(ids, found):
            say(line)
    if not same:
        daemon.tell(_("nobody is carried over: no order was given"))
        raise typer.Exit(1)
    confirm(_question_of_renamed(same), yes=yes)
    for each in same:
        pairs = [[pair.old, pair.new] for pair in each.rekeys]
        daemon.give(IntentKind.REKEY, each.entry.agent_id, rekeys=pairs, shown=each.shown(same=True))
    text = plural(
        "ordered: {count} agent is the same person as before; the daemon reads the directory with its next cycle",
        "ordered: {count} agents are the same people as before; the daemon reads the directory with its next cycle",
        len(same),
    )
    daemon.tell(text)


def check_who(by: str) -> None:
    """Raises BadParameter if nobody answers for the order."""
    if not by.strip():
        raise typer.BadParameter(_("say who is responsible for the order"), param_hint="--by")


def _look(settings: Settings, ids: Sequence[AgentId]) -> dict[AgentId, Listed]:
    with closing(outside_of(settings, clock=clock_of_commands(), on_call=lambda _: None)) as outside:
        return who_is(settings, outside, ids)


def _show(people: Sequence[Listed]) -> None:
    alike = Recreations(pairs=tuple(pair for each in people for pair in each.alike))
    print_table("", RECREATED_COLUMNS, recreated_rows(alike))
    others = (each.held or each.taken_up for each in people)
    print_table("", OTHER_COLUMNS, other_rows(other for other in others if other is not None))
    for each in people:
        if each.standing is not None:
            key, by = each.entry.agent_id, each.standing.by
            say(_("an order about {id} by {by} waits for the next reading: the new one takes its place", id=key, by=by))


def _show_joined(people: Sequence[Listed]) -> None:
    """Who was declared to be somebody else before."""
    for each in people:
        if each.held is None and each.parted is not None:
            text = _(
                "{new} ({id}) was declared to be somebody else than {old}. This is taken back: {new} has {first} again, with "
                "everything on it; another desktop, which nobody was logged on to, is kept aside",
                new=each.entry.login,
                id=each.entry.agent_id,
                old=_called(each.parted),
                first=each.first or "-",
            )
            say(text)


def _question_of_distinct(listed: Listed) -> str:
    names = {"new": listed.entry.login, "id": listed.entry.agent_id}
    if listed.taken_up is not None:
        return _(
            "{new} ({id}) was declared to be the same person as {old}, and has {desktop} of {old}. This is taken back: {old} "
            "leaves, and {desktop} is kept for {old} as for every leaver, with what {new} has left there; {new} gets another "
            "desktop. What {new} has read there stays read, and a session that is open goes on. Order it?",
            **names,
            old=_called(listed.taken_up.entries.old),
            desktop=listed.desktop or "-",
        )
    old = [listed.owner] if listed.owner is not None else [pair.old for pair in listed.alike]
    return _(
        "{new} ({id}) would be somebody else than {old}: {old} leaves, and {new} gets another desktop. Order it?",
        **names,
        old=first_of(map(_called, old)),
    )


def _question_of_renamed(people: Sequence[Listed]) -> str:
    return plural(
        "{count} person would be the same as before, and have the desktop of that person, and could read what is on it "
        "({who}). Order it?",
        "{count} people would be the same as before, and have the desktops of these people, and could read what is on them "
        "({who}). Order it?",
        len(people),
        who=first_of(f"{_called(old)} → {each.entry.login}" for each in people if (old := _before(each)) is not None),
    )


def _before(listed: Listed) -> Agent | None:
    return listed.owner if listed.held is not None else listed.parted


def _left_out(ids: Sequence[AgentId], found: dict[AgentId, Listed]) -> Iterator[str]:
    """Why nothing is ordered of an id."""
    for key in dict.fromkeys(ids):
        if key not in found:
            yield _nobody(key)
        elif found[key].not_joined and not found[key].is_same:
            yield found[key].not_joined
        elif not found[key].is_same:
            yield _("nobody doubts that {new} ({id}) is the same person as before", new=found[key].entry.login, id=key)


def _nobody(key: AgentId) -> str:
    return _("nobody is listed under {id}: no order was given", id=key)


def _no_doubt(listed: Listed) -> str:
    names = {"new": listed.entry.login, "id": listed.entry.agent_id}
    if listed.desktop is None:
        return _("nobody takes {new} ({id}) for somebody else: no order was given", **names)
    return _(
        "nobody takes {new} ({id}) for somebody else, and no roster that is kept shows another person under {id}: no order was "
        "given. `bascule desktop quarantine {desktop}` keeps that desktop as it is, and {new} gets another",
        **names,
        desktop=listed.desktop,
    )


def _called(agent: Agent) -> str:
    return agent.login or agent.agent_id


__all__ = ["WhoOption", "check_who", "distinct", "rename"]
