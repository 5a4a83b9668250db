"""What the lines of `why` have in common: times, what a name may mean, counted reasons, orders in force, the journal."""

from collections.abc import Iterable, Iterator

from provisioner.cli import times
from provisioner.cli.documents import JournalLine, OrderDocument, PersonDocument, ReasonCount, WhyDocument
from provisioner.cli.reason_lines import example_in
from provisioner.cli.times import duration, instant
from provisioner.model.freeze import TARGET
from provisioner.model.order_words import IntentKind, NotedWord, SurgeState
from provisioner.model.words import JournalWord, Result, WaveOutlook
from provisioner.texts.translate import N_, _, kept_word, plural, titled, word

_KINDS = {
    "agent": N_("agent"),
    "desktop": N_("desktop"),
    "node": N_("node"),
    "wave": N_("wave"),
    "pool": N_("pool"),
    "entry": N_("directory entry"),
}
_SHOWN = 4
"""Kinds of reasons, or orders of a kind, that a line each is given to."""


def clock(stamp: str, *, beside: str | None = None) -> str:
    """By the site's clock, to the second; without the date if that is `beside`'s, by default today's."""
    return times.clock(instant(stamp), now=None if beside is None else instant(beside), seconds=True)


def since(stamp: str, at: str) -> str:
    """`2026-11-24 08:00:00 (2 min 3 s)`."""
    return _("{time} ({length})", time=clock(stamp), length=duration(max(0.0, instant(at) - instant(stamp))))


def match_lines(document: WhyDocument | PersonDocument) -> Iterator[str]:
    """What a name may mean, if it is a part of several."""
    yield plural(
        "'{of}' is a part of {count} name:", "'{of}' is a part of {count} names:", document["matching"], of=document["of"]
    )
    for match in document["matches"]:
        label = f" ({match['label']})" if match["label"] else ""
        yield f"  {_(_KINDS[match['kind']])} {match['name']}{label}"
    if rest := document["matching"] - len(document["matches"]):
        yield "  " + _("… and {count} more", count=rest)


def count_lines(title: str, counts: Iterable[ReasonCount]) -> Iterator[str]:
    """A title, then a line for each kind of reason; nothing if there is none."""
    known = list(counts)
    if known:
        yield _(title)
    for count in known[:_SHOWN]:
        yield f"  {count['count']} × {example_in(count)}"
    if rest := known[_SHOWN:]:
        times = sum(count["count"] for count in rest)
        yield "  " + plural(
            "… and {count} reason more, of {times}", "… and {count} reasons more, of {times}", len(rest), times=times
        )


def order_lines(intents: Iterable[OrderDocument]) -> Iterator[str]:
    """Orders in force."""
    for intent in intents:
        until = None if intent["until"] is None else clock(intent["until"])
        target = "" if intent["target"] == TARGET else intent["target"] or ""
        kind, by, why = IntentKind(intent["kind"]), intent["by"], intent["reason"] or ""
        yield order_in_words(kind, target=target, by=by, at=clock(intent["at"]), why=why, until=until)


def standing_lines(intents: Iterable[OrderDocument]) -> Iterator[str]:
    """Orders in force; of a kind that stands many times, such as a quarantine, the first ones."""
    of_kind: dict[str, list[OrderDocument]] = {}
    for intent in intents:
        of_kind.setdefault(intent["kind"], []).append(intent)
    for alike in of_kind.values():
        yield from order_lines(alike[:_SHOWN])
        if len(alike) > _SHOWN:
            yield "  " + _("… and {count} more", count=len(alike) - _SHOWN)


def order_in_words(order: IntentKind, *, target: str, by: str, at: str, why: str, until: str | None) -> str:
    """`freeze ordered by claire at 2026-11-24 08:00:00: the lights flicker`."""
    name = _("{order} of {target}", order=word(order), target=target) if target else word(order)
    text = N_("{order} ordered by {by} at {at}: {why}") if why else N_("{order} ordered by {by} at {at}")
    line = _(text, order=name, by=by, at=at, why=why)
    return line if until is None else _("{line} (until {until})", line=line, until=until)


def journal_result(line: JournalLine) -> str:
    """How it ended, in the language; of a surge or a wave: how it stands since."""
    return kept_word(line["result"], Result, JournalWord, SurgeState, WaveOutlook, NotedWord)


def journal_lines(lines: Iterable[JournalLine], at: str, *, others: Iterable[str] = ()) -> Iterator[str]:
    """`08:00:03 start: done (wave 'everyone' wants …)`, newest first. `others`: desktops that a line is to name."""
    named = frozenset(others)
    for line in lines:
        what, result = kept_word(line["what"], JournalWord, IntentKind, NotedWord), journal_result(line)
        reason = line["reason"] or line["because"]
        what = f"{line['subject']} {what}" if line["subject"] in named else what
        text = titled(f"{clock(line['at'], beside=at)} {what}", result)
        yield f"{text} ({reason['text']})" if reason else text
