"""`bascule check --trial`: trial desktops by the running daemon, watched until they are deleted, and what they have shown.

The daemon makes, judges and deletes them, as it does all desktops: so a freeze stops them, and none stays if this command ends.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from provisioner.cli.documents import DESKTOPS, INTENTS, JOURNAL, DesktopDocument, JournalLine
from provisioner.cli.ordering import Desk
from provisioner.cli.output import complain
from provisioner.cli.reason_lines import reason_in
from provisioner.doctor.findings import Finding, bad, doubtful, good
from provisioner.errors import BasculeError
from provisioner.model.intents import IntentKind
from provisioner.model.machines.seats import SeatKind
from provisioner.model.words import JournalWord
from provisioner.reasons import subjects, trials
from provisioner.reasons.reason import Reason
from provisioner.texts.translate import _, term

MOST = 3
"""Desktops of a profile: three show how much they differ."""
POLL_S = 1.0
"""Real seconds between two looks at the daemon's document, which changes with each of its cycles."""
_LINES = 20
"""Of the journal of a trial: it is given once, and ends once."""


def try_desktops(
    daemon: Desk, profiles: Iterable[str], number: int, *, pause: Callable[[float], object] = threading.Event().wait
) -> Sequence[Finding]:
    """Make so many trial desktops of each profile, and wait until they are deleted. Raises BasculeError.

    `pause` waits for so many seconds between two looks. However this ends, the orders are withdrawn: the daemon deletes what
    was made.
    """
    names = list(free_names(daemon, profiles, number))
    try:
        for name in names:
            daemon.give(IntentKind.TRIAL, name)
        _watch(daemon, names, pause)
    finally:
        withdraw(daemon, names)
    return [finding_of(daemon, name) for name in names]


def free_names(daemon: Desk, kinds: Iterable[str], number: int) -> Iterator[str]:
    """`kind/number`, with numbers that no trial has whose desktop is still there. A kind: a profile, perhaps with a storage."""
    seats = (desktop["seat"] for desktop in daemon.ask(DESKTOPS)["desktops"] if desktop["seat"])
    taken = {seat["id"] for seat in seats if seat["kind"] == SeatKind.TRIAL.value}
    for kind in kinds:
        names = (f"{kind}/{at}" for at in range(1, len(taken) + number + 1))
        yield from [name for name in names if name not in taken][:number]


def _watch(daemon: Desk, names: Sequence[str], pause: Callable[[float], object]) -> None:
    """Until neither an order nor a desktop is left; says each change."""
    said = dict[str, str]()
    while left := dict(still_left(daemon, names)):
        say_changes(said, left)
        said = left
        pause(POLL_S)


def say_changes(before: Mapping[str, str], now: Mapping[str, str]) -> None:
    """How far each trial is, if that has changed."""
    for name, how in now.items():
        if before.get(name) != how:
            complain(_("trial {name}: {how}", name=name, how=how))


def still_left(daemon: Desk, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The trials that are not over, and how far they are."""
    desktops = trial_desktops(daemon)
    standing = _standing(daemon)
    for name in names:
        if desktop := desktops.get(name):
            over = "" if name in standing else _("its trial is over, and it is deleted")
            phase = term("phase", desktop["phase"])
            yield name, ": ".join(filter(None, (f"{desktop['name']} {phase}", over)))
        elif name in standing:
            yield name, _("waits to be made")


def trial_desktops(daemon: Desk) -> dict[str, DesktopDocument]:
    """The trial's desktops, by its name."""
    seats = ((desktop["seat"], desktop) for desktop in daemon.ask(DESKTOPS)["desktops"])
    return {seat["id"]: desktop for seat, desktop in seats if seat is not None and seat["kind"] == SeatKind.TRIAL.value}


def _standing(daemon: Desk) -> set[str | None]:
    return {intent["target"] for intent in daemon.ask(INTENTS)["intents"] if intent["kind"] == IntentKind.TRIAL.value}


def withdraw(daemon: Desk, names: Sequence[str]) -> None:
    """What still stands, after Ctrl-C for instance. Without a daemon to ask, the order ends by itself."""
    try:
        ended = [daemon.withdraw(IntentKind.TRIAL, name) for name in names if name in _standing(daemon)]
    except BasculeError:
        return
    if any(ended):
        complain(_("the trial is ended: the daemon deletes its desktops"))


def finding_of(daemon: Desk, name: str) -> Finding:
    """What the trial has shown, as the journal keeps it."""
    subject = subjects.PROFILE(profile=name.partition("/")[0])
    text = _shown(daemon.ask(JOURNAL, subject=name, lines=str(_LINES))["lines"])
    if text.code == trials.READY.code:
        return good(subject, text)
    if text.code in (trials.UNDATED.code, trials.ENDED_EARLY.code):
        return doubtful(subject, text)
    return bad(subject, text)


def _shown(lines: Sequence[JournalLine]) -> Reason:
    """The reason in the newest line of its end."""
    for line in lines:
        if line["what"] == IntentKind.TRIAL.value and line["result"] == JournalWord.WITHDRAWN.value:
            reason = reason_in(line["reason"])
            why = reason.arguments.get("why", reason)
            return why if isinstance(why, Reason) and why.code.startswith("trial_") else trials.ENDED_EARLY(why=reason)
    return trials.ENDED_EARLY(why=_("the journal does not say why"))
