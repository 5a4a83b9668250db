"""`person`: one person on the telephone. One sentence to read aloud, what may be ordered now, then the rest.

A person's card, as lines.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from provisioner.cli.clocks import clock_of_commands
from provisioner.cli.daemon_client import DaemonSilent, SocketOption, ask_daemon, daemon_socket
from provisioner.cli.documents import PERSON, CardDocument, ConnectionDocument, DesktopDocument, PersonDocument
from provisioner.cli.liveness import say_computed
from provisioner.cli.output import CONFIG, ConfigOption, JsonOption, plain, print_json, say
from provisioner.cli.reading import OfflineOption
from provisioner.cli.times import clock, duration, instant
from provisioner.cli.why.command import folded
from provisioner.cli.why_parts import journal_result, match_lines
from provisioner.errors import BasculeError, SettingsError
from provisioner.model.order_words import IntentKind
from provisioner.model.words import JournalWord
from provisioner.reasons.commands import NOT_WITHOUT_DAEMON
from provisioner.reasons.reason import Reason
from provisioner.texts.languages import ENGLISH, catalogue_of
from provisioner.texts.translate import N_, _, kept_word, term, titled, use_catalogue

WhoArgument = Annotated[
    list[str], typer.Argument(metavar="LOGIN", help="A login or a name, or a part of it; case and accents do not count.")
]
_SHOWN = 4
"""Half-days, and lines of the history."""
_LEASES = {
    "lent": N_("lent from pool {pool}"),
    "kept": N_("kept for them: {desktop} of pool {pool}"),
    "in_doubt": N_("in doubt since a backup was restored: {desktop} of pool {pool}"),
}


def person(
    who: WhoArgument,
    config: ConfigOption = CONFIG,
    json: JsonOption = False,
    socket: SocketOption = None,
    offline: OfflineOption = False,
) -> None:
    """One person, for the telephone.

    A sentence to read aloud, what may be ordered now, then the rest. Exit code 0: there is a desktop, or it comes by itself as
    is said; 1: something is in the way, or what is known is old; 2: nobody is called so, or several are; 3: the daemon cannot
    be asked.
    """
    if json:  # the same for programs in every language
        use_catalogue(catalogue_of(ENGLISH))
    of = " ".join(who)
    if offline:
        _show_computed(config, of, json=json)
    else:
        _show(_of_daemon(daemon_socket(socket, config), of), json=json)


def _show(document: PersonDocument, *, json: bool) -> None:
    card = document["card"]
    if json:
        print_json(document)
    else:
        now = clock_of_commands().now()
        for line in match_lines(document) if card is None else card_lines(card, at=document["at"], now=now):
            for each in folded(iter((line,))) if line else ("",):
                say(each)
    if card is None:
        raise typer.Exit(2)
    if card["in_the_way"]:
        raise typer.Exit(1)


def _of_daemon(at: Path | None, of: str) -> PersonDocument:
    try:
        return ask_daemon(at, PERSON, of=of)
    except DaemonSilent as silent:
        raise BasculeError(NOT_WITHOUT_DAEMON(why=silent.reason)) from silent


def _show_computed(config: Path, of: str, *, json: bool) -> None:
    """From the store, and what the clusters show now. No daemon takes an order, so that none is shown."""
    from provisioner.cli.offline import exit_if_incomplete, read_offline_status
    from provisioner.views.person.document import person_document

    offline = read_offline_status(config)
    say_computed(offline.written_at)
    found = person_document(offline.published, of, lambda _: (), now=offline.status.at, within_s=0.0)
    if isinstance(found, Reason):
        exit_if_incomplete(offline)
        raise SettingsError(found)
    document: Any = plain(found)
    try:
        _show(document, json=json)
    finally:
        exit_if_incomplete(offline)


def card_lines(card: CardDocument, *, at: str, now: float) -> Iterator[str]:
    """The sentence, the orders, then the rest: at most a screen."""
    yield card["says"]["text"]
    yield from _commands(card)
    yield ""
    yield from _who(card)
    if (desktop := card["desktop"]) is not None:
        yield from _desktop(card, desktop, at=at)
    yield from _lease(card)
    yield from _when(card)
    yield from _earlier(card)
    if card["entry"] is not None:
        yield _("entry in the directory: {why}", why=card["entry"]["text"])
    yield from _history(card)
    yield _age(card, at=at, now=now)


def _shown(stamp: str) -> str:
    return clock(instant(stamp))


def _commands(card: CardDocument) -> Iterator[str]:
    for each in card["commands"]:
        yield f"  {each['command']}"
        yield f"    {each['does']['text']}"


def _who(card: CardDocument) -> Iterator[str]:
    if (agent := card["agent"]) is None:
        return
    places = ", ".join(filter(None, (agent["department"], agent["site"])))
    who = f"{agent['name']} ({agent['login']})"
    yield f"{who}, {places}" if places else who


def _desktop(card: CardDocument, desktop: DesktopDocument, *, at: str) -> Iterator[str]:
    yield _(
        "desktop {name}: VM {cluster}/{vmid} on node {node}, profile {profile}",
        **{key: desktop[key] for key in ("name", "cluster", "vmid", "node", "profile")},
    )
    phase, since = term("phase", desktop["phase"]), _shown(desktop["since"])
    yield _("{phase}, since {since}: {why}", phase=phase, since=since, why=desktop["because"]["text"])
    if (connection := card["connection"]) is not None and connection["ready"]:
        yield from _way(connection)
    yield _sessions(card, desktop, at=at)


def _way(connection: ConnectionDocument) -> Iterator[str]:
    """What the sentence does not say of it."""
    if connection["gateway"]:
        yield _("through gateway {gateway}, port {port}", gateway=connection["gateway"], port=connection["port"])
    elif connection["port"] != 3389:
        yield _("on port {port}", port=connection["port"])


def _sessions(card: CardDocument, desktop: DesktopDocument, *, at: str) -> str:
    """Who was logged on when the desktop was heard last."""
    if card["on"] is None:
        return _("logged on: not known")
    people = ", ".join(_on(each["login"], _shown(each["since"]), own=each["own"]) for each in card["on"])
    if (age_s := desktop["session"]["age_s"]) is None:
        return _("logged on: {people}", people=people) if people else _("logged on: nobody")
    heard = clock(instant(at) - age_s)
    return _("logged on at {at}: {people}", at=heard, people=people) if people else _("logged on at {at}: nobody", at=heard)


def _on(login: str, since: str, *, own: bool) -> str:
    if own:
        return _("{login} since {since}", login=login, since=since)
    return _("{login} since {since}, who is somebody else", login=login, since=since)


def _lease(card: CardDocument) -> Iterator[str]:
    lent = card["lent"]
    if lent is not None and lent["lease"] in _LEASES:
        yield _(_LEASES[lent["lease"]], desktop=lent["desktop"], pool=lent["pool"])
        if lent["after"] is not None:
            yield "  " + _("after: {then}", then=lent["after"]["text"])


def _when(card: CardDocument) -> Iterator[str]:
    wave = None if card["agent"] is None else card["agent"]["wave"]
    if wave and card["due_at"]:
        yield _("wave '{wave}', due by {due}", wave=wave, due=_shown(card["due_at"]))
    elif wave:
        yield _("wave '{wave}'", wave=wave)
    if (part := card["half_days"]) is not None and part["next"]:
        times = ", ".join(_shown(each["begins"]) for each in part["next"][:_SHOWN])
        yield _("half-days: {times}", times=f"{times}, …" if len(part["next"]) > _SHOWN else times)


def _earlier(card: CardDocument) -> Iterator[str]:
    for each in card["earlier"]:
        since = "?" if each["since"] is None else _shown(each["since"])
        words = {"desktop": each["desktop"], "node": each["node"], "since": since, "phase": term("phase", each["phase"])}
        text = N_("kept aside since {since}: {desktop} on node {node} ({phase})")
        other = N_("not used since {since}: {desktop} on node {node} ({phase})")
        yield _(text if each["quarantined"] else other, **words)


def _history(card: CardDocument) -> Iterator[str]:
    if not card["journal"]:
        return
    since = None if card["theirs_since"] is None else _shown(card["theirs_since"])
    yield _("since {since}, when it became theirs:", since=since) if since else _("what was ordered:")
    for line in card["journal"][:_SHOWN]:
        what = kept_word(line["what"], JournalWord, IntentKind)
        text = titled(f"{_shown(line['at'])} {what}", journal_result(line))
        yield f"  {text} ({line['reason']['text']})" if line["reason"] else f"  {text}"


def _age(card: CardDocument, *, at: str, now: float) -> str:
    age = duration(max(0.0, now - instant(at)))
    if card["read_at"] is None:
        return _("by the cycle that ended {age} ago", age=age)
    return _("by the cycle that ended {age} ago; directory read at {time}", age=age, time=_shown(card["read_at"]))
