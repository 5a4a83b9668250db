"""The document of `status` as lines for people: 20 lines of 80 columns at most, whatever has failed."""

from collections.abc import Iterable, Iterator, Mapping
from textwrap import wrap
from typing import NotRequired, TypedDict

from provisioner.cli import times
from provisioner.cli.capacity_rows import gain_in_words, loss_in_words
from provisioner.cli.documents import (
    CapacityDocument,
    ConfigDocument,
    DaemonDocument,
    FiguresDocument,
    NodeDocument,
    PreparationDocument,
    ProfileFigures,
    ReasonCount,
    SessionFigures,
    StatusDocument,
    WrongDocument,
)
from provisioner.cli.liveness import hanging_line, hangs
from provisioner.cli.pool_lines import pool_line
from provisioner.cli.reason_lines import example_in, reason_in, rest_lines
from provisioner.cli.surge.lines import run_line
from provisioner.cli.times import duration, instant
from provisioner.cli.why_parts import clock, standing_lines
from provisioner.model.order_words import SurgeState
from provisioner.model.words import DifferenceKind, GuestWord
from provisioner.texts.lines import LINES as ADDED
from provisioner.texts.translate import N_, _, listed, plural, term, titled, word
from provisioner.wrong.entry import OLD_S

COLUMNS, LINES = 80, 20
_UNUSUAL = (SurgeState.PENDING, SurgeState.RETURNING)
"""States of a surge that nothing holds back, but that somebody who reads the figures has to know."""
_REASONS = 6
"""Kinds of reasons at most, the most frequent first."""


class StatusShown(TypedDict):
    """What is shown. `daemon`, `config`, `status`; None: not asked. `freeze_file`: its path, if there is one."""

    daemon: DaemonDocument | None
    config: ConfigDocument | None
    status: StatusDocument | None
    freeze_file: NotRequired[str | None]


def status_lines(document: StatusShown, *, most: int = LINES, columns: int = COLUMNS) -> list[str]:
    """The lines, the most important first."""
    lines = [line for text in _texts(document) for line in _folded(times.in_words(text), columns)]
    zone = list(filter(None, [times.zone_line()]))
    most -= len(zone)
    if len(lines) <= most:
        return [*lines, *zone]
    rest = len(lines) - most + 1
    return [*lines[: most - 1], plural("… and {count} line more (--all)", "… and {count} lines more (--all)", rest), *zone]


def _folded(text: str, columns: int) -> list[str]:
    return wrap(text, columns, subsequent_indent="  ", break_on_hyphens=False)


def _texts(document: StatusShown) -> Iterator[str]:
    status = document["status"]
    if document["daemon"] is not None:
        yield _daemon(document["daemon"], status)
        if hangs(document["daemon"]):
            yield hanging_line(document["daemon"])
    if document["config"] is not None:
        yield from _config(document["config"])
    if status is None:
        return
    yield from (wrong_line(entry, at=status["at"]) for entry in status["wrong"])
    if file := document.get("freeze_file"):
        yield _("frozen by the file {path}: nothing is written, whatever the last cycle says", path=file)
    if figures := status["figures"]:
        yield listed(_readiness(figures), _sessions(figures["sessions"], status, document["daemon"]), *_aged(status))
        yield from map(profile_line, figures["profiles"])
    yield from map(room_in_words, status["capacity"])
    yield from _standing(status)
    yield from rest_lines(status["resting"])
    yield from map(_preparation, status["preparations"])
    yield from map(pool_line, status["pools"])
    for added in ADDED.found():
        yield from added.of(status)
    yield from _unheard(figures["guests_unknown"]) if figures else ()
    yield from _reasons(status)


def wrong_line(entry: WrongDocument, *, at: str) -> str:
    """What is wrong, for how long, and what a person can do: `node pve/pve03 is offline; desktops on it: 9 (for 12 min): …`."""
    stands_s = 0.0 if entry["since"] is None else instant(at) - instant(entry["since"])
    text = entry["text"] if stands_s < 60 else _("{text} (for {time})", text=entry["text"], time=duration(stands_s))
    return text if entry["act"] is None else titled(text, entry["act"])


def _daemon(daemon: DaemonDocument, status: StatusDocument | None) -> str:
    now = instant(daemon["now"])
    parts = [
        _("daemon up for {time}", time=duration(now - instant(daemon["started_at"]))),
        _("last cycle {time} ago", time=duration(daemon["cycle_age_s"]))
        if daemon["cycle_age_s"] is not None and (status is None or status["figures"] is not None)
        else _("no cycle has ended yet"),
    ]
    for cluster in status["clusters"] if status is not None else ():
        at = cluster["observed_at"]
        age = _("never observed") if at is None else _("observed {time} ago", time=duration(max(0.0, now - instant(at))))
        parts.append(f"{cluster['cluster']} {age}")
    return listed(*parts)


def _config(config: ConfigDocument) -> Iterator[str]:
    """A line only if the files on disk are not in force. What is wrong with faulty files is among `wrong`."""
    if config["differs"]:
        sections = ", ".join(config["changed"])
        yield _("the configuration on disk is not in force yet ({sections}): `bascule config diff`", sections=sections)


def _readiness(figures: FiguresDocument) -> str:
    return plural(
        "{ready} of {count} wanted desktop ready",
        "{ready} of {count} wanted desktops ready",
        figures["wanted"],
        ready=figures["ready"],
    )


def _aged(status: StatusDocument) -> Iterator[str]:
    """How old the figures are where a cluster does not answer: what is shown is what it was."""
    observed = [cluster["observed_at"] for cluster in status["clusters"]]
    oldest_s = max((instant(status["at"]) - instant(at) for at in observed if at is not None), default=0.0)
    if oldest_s > OLD_S:
        yield _("as it was {time} ago", time=duration(oldest_s))


def _sessions(sessions: SessionFigures, status: StatusDocument, daemon: DaemonDocument | None) -> str:
    """The number with its band: `744 open sessions (desktops counted: 1580, unknown: 120, oldest reading: 14 min 2 s ago)`."""
    if not sessions["counted"] + sessions["unknown"]:
        return _open(sessions)
    return _("{sessions} ({band})", sessions=_open(sessions), band=", ".join(_band(sessions, status, daemon)))


def _band(sessions: SessionFigures, status: StatusDocument, daemon: DaemonDocument | None) -> Iterator[str]:
    """Of how many desktops it is, how many tell of theirs by themselves (only those are exact), and how old it is at most."""
    now = instant(status["at"] if daemon is None else daemon["now"])
    yield _("desktops counted: {count}", count=sessions["counted"])
    if pushed := status["sessions_heard"].get("push", 0):
        yield _("by push: {count}", count=pushed)
    yield _("unknown: {count}", count=sessions["unknown"])
    if (oldest := status["oldest_session_reading_at"]) is not None:
        yield _("oldest reading: {time} ago", time=duration(max(0.0, now - instant(oldest))))


def _open(sessions: SessionFigures) -> str:
    if sessions["of_strangers"]:
        return plural(
            "{count} open session, {strangers} of strangers (`bascule desktop list` names them)",
            "{count} open sessions, {strangers} of strangers (`bascule desktop list` names them)",
            sessions["open"],
            strangers=sessions["of_strangers"],
        )
    return plural("{count} open session", "{count} open sessions", sessions["open"])


def profile_line(profile: ProfileFigures) -> str:
    """`standard: 1,540 ready, 80 starting, 40 not created yet`."""
    counts = [_("{count} {phase}", count=count, phase=phase) for phase, count in profile["desktops"].items()]
    if to_make := profile["to_make"]:
        counts.append(plural("{count} not created yet", "{count} not created yet", to_make))
    return titled(profile["profile"], ", ".join(counts))


def room_in_words(room: CapacityDocument) -> str:
    """`standard: room for 520 more; memory runs out first; would add most: …; with a node lost: 349 (pve/pve03)`."""
    parts = [_("{profile}: room for {free} more", profile=room["profile"], free=room["free"])]
    if room["binds"]:
        parts.append(_("{binds} runs out first", binds=term("binds", room["binds"])))
    for gain in room["gains"][:1]:
        words = gain_in_words(gain["resource"], gain["more"], gain["place"], gain["more_there"])
        parts.append(_("would add most: {gain}", gain=words))
    for loss in room["after_loss"][:1]:
        left = loss_in_words(loss["node"], loss["at_least"], loss["at_most"], reason_in(loss["because"]))
        parts.append(_("with a node lost: {left}", left=left))
    return listed(*parts)


def _surge(status: StatusDocument) -> Iterator[str]:
    """What holds the surge back, or where it is going; nothing while it runs as planned, or is over."""
    if status["surge_halted"] is not None:
        yield status["surge_halted"]["text"]
    elif status["surge"] is not None and status["surge"]["state"] in _UNUSUAL:
        yield run_line(status["surge"])


def _standing(status: StatusDocument) -> Iterator[str]:
    """What stands: orders, closed nodes, notes to rewrite."""
    yield from _surge(status)
    yield from standing_lines(status["intents"])
    yield from map(_closed, status["closed_nodes"])
    yield from _outdated(status["drift"])
    if count := status["notes_to_rewrite"]:
        yield plural(
            "the note of {count} desktop names an earlier id of the agent and is rewritten: until then only the store knows "
            "whose it is",
            "the notes of {count} desktops name an earlier id of the agent and are rewritten: until then only the store knows "
            "whose they are",
            count,
        )


def _outdated(drift: Mapping[str, int]) -> Iterator[str]:
    """A line while desktops do not follow their profile yet, and one for addresses that cannot follow."""
    if count := drift.get(DifferenceKind.OUTDATED.value):
        yield plural(
            "{count} desktop does not have what its profile says now, and gets it at its next start "
            "(at once: `bascule desktop reconfigure`)",
            "{count} desktops do not have what their profile says now, and get it at their next start "
            "(at once: `bascule desktop reconfigure`)",
            count,
        )
    if count := drift.get(DifferenceKind.MISADDRESSED.value):
        yield plural(
            "the address of {count} desktop is none of its profile's now (`bascule report drift` names it)",
            "the addresses of {count} desktops are none of their profile's now (`bascule report drift` names them)",
            count,
        )


def _closed(node: NodeDocument) -> str:
    """Why it is closed; while it is drained or evacuated, how far it is."""
    because = node["because"]["text"] if node["because"] is not None else ""
    if node["evacuated"]:
        left = plural(
            "{count} desktop is still there, {running} running",
            "{count} desktops are still there, {running} running",
            node["desktops"],
            running=node["running"],
        )
        return listed(because, left)
    if not node["drained"]:
        return because
    if node["sessions_unknown"]:
        text = N_(
            "{running} of {desktops} desktops still run, with {sessions} open sessions; sessions of {unknown} are unknown"
        )
    else:
        text = N_("{running} of {desktops} desktops still run, with {sessions} open sessions")
    figures = {name: node[name] for name in ("running", "desktops", "sessions")}
    return listed(because, _(text, unknown=node["sessions_unknown"], **figures))


def _preparation(preparation: PreparationDocument) -> str:
    return _(
        "wave {wave} ({profile}) opens {at}: {wanted} made ahead, {stopped} stopped, {running} running, {missing} missing",
        at=clock(preparation["opens_at"]),
        **{name: preparation[name] for name in ("wave", "profile", "wanted", "stopped", "running", "missing")},
    )


def _unheard(counts: Mapping[str, int]) -> Iterator[str]:
    """A line for each cause why desktops give no report, with what an operator can do about it."""
    for cause in filter(lambda cause: counts.get(cause.value), GuestWord):
        yield plural(
            "{count} desktop gives no report ({cause}): {advice}",
            "{count} desktops give no report ({cause}): {advice}",
            counts[cause.value],
            cause=word(cause),
            advice=_(LOOK_AT[cause]),
        )


def _reasons(status: StatusDocument) -> Iterator[str]:
    blocked: list[ReasonCount] = [
        {"count": 1, "texts": 1, "example": reason, "next_try_at": None} for reason in status["blocked"]
    ]
    yield from _counted(N_("stopped by the safety gate"), blocked)
    yield from _counted(N_("waiting"), status["waiting"])
    yield from _counted(N_("not wanted yet, or not at all"), status["not_wanted"])


def _counted(title: str, groups: Iterable[ReasonCount]) -> Iterator[str]:
    groups = list(groups)
    for group in groups[:_REASONS]:
        yield titled(_(title), f"{group['count']} × {example_in(group)}")
    if rest := groups[_REASONS:]:
        yield plural(
            "… and {count} reason more, of {times} (`bascule report plan --all`)",
            "… and {count} reasons more, of {times} (`bascule report plan --all`)",
            len(rest),
            times=sum(group["count"] for group in rest),
        )


LOOK_AT = {
    GuestWord.NO_AGENT: N_("the guest agent does not answer; look at the desktop's console, or restart qemu-guest-agent there"),
    GuestWord.NO_ANSWER: N_("nobody answers over SSH as expected; `bascule desktop list` says what came instead"),
    GuestWord.HANGS: N_("neither it nor its log-on port answers: it hangs; `bascule desktop restart`"),
    GuestWord.PORT_ALONE: N_("people can log on, and who has done so is not known: restart qemu-guest-agent there"),
    GuestWord.NO_FILE: N_("the status document is not there; bascule-guest.service has to run in the image"),
    GuestWord.VERSION: N_("the image's bascule-guest is of another version than this Bascule"),
    GuestWord.UNREADABLE: N_("the status document is not as its format says; `bascule desktop list` says what is wrong"),
    GuestWord.CROWDED: N_("more sessions than a desktop can hold (max_sessions of its profile): made up, or lent to many"),
    GuestWord.OUTDATED: N_("the status document is not kept current; look at bascule-guest.service and at the desktop's clock"),
    GuestWord.CONNECTIONS: N_("somebody is at the log-on mask, or something else connects to the log-on port"),
    GuestWord.UNREACHED: N_("it reports ready, and its log-on port does not answer from here: a firewall, VLAN or route"),
    GuestWord.OFF: N_("the VM does not run, and the listing does not show it yet"),
    GuestWord.NOT_ASKED: N_("Proxmox VE did not pass the question on; `bascule check` says whether a right is missing"),
    GuestWord.OTHER: N_("`bascule desktop list` says why"),
}
"""What an operator can do about it."""
