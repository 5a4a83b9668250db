"""What may differ between the two books: the one desktop's own rows, and by no more than one desktop can weigh."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace

from provisioner.model.ids import DesktopName, Instant
from provisioner.model.kept.records import DesktopRecord
from provisioner.model.machines.guest_bounds import MAX_AGE_S, RATES, Flow
from provisioner.model.session_counts import GroupKey, GroupKind, GroupPlace, SessionTotals
from provisioner.model.words import PushWord
from provisioner.sessions.push import SOURCE
from provisioner.sessions.timeline import HORIZON_S
from tests.chaos.books import HOSTILE, MOST, READ_S, Books, Pair

_WRITTEN_S = 12.0


def most_of(flow: Flow, hours: float) -> float:
    """What one desktop may do in so long."""
    rate = RATES[flow]
    return rate.at_once + rate.at_once_each * MOST + (rate.an_hour + rate.an_hour_each * MOST) * hours


def looked_into(figures: SessionTotals) -> int:
    """Documents that were pushed and read, whatever became of them then."""
    words = (figures.pushes.get(word, 0) for word in (PushWord.ACCEPTED, PushWord.MALFORMED, PushWord.CUT))
    return sum(words) - figures.cut.get(Flow.DOCUMENT, 0)


def differences(pair: Pair, hours: float) -> Iterator[str]:
    """Now, `hours` after the begin: what differs, and may not."""
    mine, theirs, name = pair.without, pair.with_lies, pair.without.names[HOSTILE]
    yield from pair.wrong
    if pair.answered > most_of(Flow.QUESTION, pair.lately_h):
        yield f"answers to the one: {pair.answered}"
    yield from _of_others(mine, theirs, name)
    yield from _of_uptime(pair, name)
    at = mine.clock.at
    yield from _of_figures(mine.figures, theirs.figures, hours)
    yield from _of_groups(mine, theirs, name)
    yield from _of_delay(theirs, name, at)
    yield from _of_counts(mine, theirs, hours)


def _of_others(mine: Books, theirs: Books, name: DesktopName) -> Iterator[str]:
    for other in mine.names.values():
        if other == name:
            continue
        if mine.intake.known(other) != theirs.intake.known(other):
            yield f"what is known of {other}: {theirs.intake.known(other)} instead of {mine.intake.known(other)}"
        if _record(mine, other) != _record(theirs, other):
            yield f"the record of {other}"
    if cut := set(theirs.intake.cut_lately(theirs.clock.at)) - {name}:
        yield f"what {cut} say is cut"
    if cut := mine.intake.cut_lately(mine.clock.at):
        yield f"where nobody lies {cut} are cut"


def _of_uptime(pair: Pair, name: DesktopName) -> Iterator[str]:
    """No document of a moment to come, but by the age that the one read before may have had."""
    known = pair.with_lies.intake.known(name)
    if known is None or pair.liar.lied_of_uptime or known.boot_id != pair.body.boot_id:
        return
    ahead_s = known.sequence / 1e6 - pair.body.up_s
    if ahead_s > MAX_AGE_S + _WRITTEN_S:
        yield f"a document is {ahead_s:.0f} s ahead of its uptime"


def _of_figures(mine: SessionTotals, theirs: SessionTotals, hours: float) -> Iterator[str]:
    """One desktop's weight in each: its sessions, its place among the desktops that were heard, and what its rates allow."""
    said = {
        "groups": (mine.groups != theirs.groups, 0.0),
        "day peak": (abs(theirs.day_peak - mine.day_peak), MOST),
        "last known": (abs(theirs.last_known - mine.last_known), MOST),
        "sources": (abs(sum(theirs.sources.values()) - sum(mine.sources.values())), 1),
        "sources by way": (_apart(mine.sources, theirs.sources), 2),
        "looked into": (looked_into(theirs) - looked_into(mine), most_of(Flow.DOCUMENT, hours)),
        "documents": (_apart(mine.documents, theirs.documents), most_of(Flow.DOCUMENT, hours) + 3600 / READ_S * hours),
        "inferred": (
            theirs.inferred - mine.inferred,
            MOST * (most_of(Flow.CHANGE, hours) + 3600 / READ_S * hours),
        ),
        "disagreements": (theirs.disagreements - mine.disagreements, most_of(Flow.DOCUMENT, hours) + 3600 / READ_S * hours),
        "host keys": (theirs.host_key_changes - mine.host_key_changes, most_of(Flow.LINE, hours)),
        "cut where nobody lies": (sum(mine.cut.values()), 0),
    }
    for what, (differs, most) in said.items():
        if differs > most:
            yield f"{what}: by {differs:g}, at most {most:g}"


def _of_groups(mine: Books, theirs: Books, name: DesktopName) -> Iterator[str]:
    """In the one's own groups by its own sessions, in all others by none."""
    own, figures = _own(mine, name), (mine.figures, theirs.figures)
    groups = set(zip(GroupKind, _place(mine, name), strict=True))
    opened = [_less(figure.open, groups, known) for figure, known in zip(figures, (own, _own(theirs, name)), strict=True)]
    if opened[0] != opened[1]:
        yield f"open sessions: {opened[1]} instead of {opened[0]}"
    for key in {*figures[0].day_peaks, *figures[1].day_peaks}:
        apart = abs(figures[0].day_peaks.get(key, 0) - figures[1].day_peaks.get(key, 0))
        if apart > (MOST if key in groups else 0):
            yield f"the day's peak of {key[1]}: by {apart}"


def _of_delay(theirs: Books, name: DesktopName, at: Instant) -> Iterator[str]:
    """The median of all lies beside that of the others."""
    found = [known for other in theirs.names.values() if other != name and (known := theirs.intake.known(other))]
    took = sorted(known.took_s for known in found if known.source == SOURCE and known.heard_at > at - HORIZON_S)
    if len(took) < 3:
        return
    middle, said = len(took) // 2, theirs.figures.push_delay_s
    if said is None or not took[max(0, middle - 1)] <= said <= took[middle]:
        yield f"the delay of pushes: {said} s, and the others' {took[max(0, middle - 1)]:.3f} to {took[middle]:.3f} s"


def _of_counts(mine: Books, theirs: Books, hours: float) -> Iterator[str]:
    """What the store keeps of each day."""
    ours, others = mine.intake.counts(), theirs.intake.counts()
    peaks = {(peak.day, peak.group): peak.most for peak in ours.peaks}
    for peak in others.peaks:
        if abs(peaks.get((peak.day, peak.group), 0) - peak.most) > MOST:
            yield f"the peak of day {peak.day} in {peak.group}: {peak.most}"
    for readings in others.readings:
        if readings.off_by > MOST or readings.desktops > 1:
            yield f"how exact a day is: {readings}"
    kept = most_of(Flow.CHANGE, HORIZON_S / 3600) + HORIZON_S / READ_S * MOST
    if len(others.recent) > len(ours.recent) + kept:
        yield f"log-ons and log-offs that are kept: {len(others.recent)} instead of {len(ours.recent)}"


def _record(books: Books, name: DesktopName) -> DesktopRecord:
    """Whoever reaches the receiver can have a desktop read soon, signed or not: once in a while, and nothing else."""
    record = books.cache.state.desktops[name]
    return record if record.report is None else replace(record, report=replace(record.report, ask_at=None))


def _own(books: Books, name: DesktopName) -> int:
    known = books.intake.known(name)
    return 0 if known is None else known.open


def _place(books: Books, name: DesktopName) -> GroupPlace:
    known = books.intake.known(name)
    assert known is not None, "the one's own program tells the truth there"
    return known.place


def _less(counts: Mapping[GroupKey, int], groups: set[tuple[GroupKind, str]], own: int) -> dict[GroupKey, int]:
    less = {key: count - (own if key in groups else 0) for key, count in counts.items()}
    return {key: count for key, count in less.items() if count}


def _apart(mine: Mapping[str, int], theirs: Mapping[str, int]) -> int:
    both = Counter(theirs)
    both.subtract(mine)
    return sum(map(abs, both.values()))


__all__ = ["differences", "looked_into", "most_of"]
