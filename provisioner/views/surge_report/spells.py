"""From when to when something was wrong, by the journal's lines (`daemon.wrong_log` writes them)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from provisioner.model.ids import Instant
from provisioner.model.order_words import NotedWord
from provisioner.model.scenario.etas import WaveOutlook
from provisioner.model.words import JournalWord
from provisioner.ports import JournalEntry
from provisioner.reasons.reason import Reason
from provisioner.wrong.noted import trouble_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSpell:
    """Something that was wrong for a while."""

    trouble: str
    """Equal for the same trouble."""
    about: str
    """What had it: a cluster, `CLUSTER/NODE`, a storage, a wave; empty: the site."""
    says: Reason
    """What, as it was when it concerned most."""
    began_at: Instant
    ended_at: Instant | None
    """None: it goes on, as far as the lines say."""

    @property
    def count(self) -> int:
        """Desktops or people that it concerned; 0: not counted."""
        found = [self.says.arguments.get(name, 0) for name in ("count", "desktops")]
        return max(int(count) for count in found if isinstance(count, int | float))

    def touches(self, since: Instant, until: Instant) -> bool:
        """Whether any of it lies in between."""
        return self.began_at <= until and (self.ended_at is None or self.ended_at >= since)


def spells(lines: Iterable[JournalEntry]) -> tuple[ReportSpell, ...]:
    """Of the list of what is wrong, in the order in which they began. `lines`: oldest first."""
    going: dict[tuple[str, str], ReportSpell] = {}
    over: list[ReportSpell] = []
    for line in lines:
        if line.what == NotedWord.WRONG and isinstance(what := line.reason.arguments.get("what"), Reason):
            key = (trouble_of(what), line.subject)
            known = going.pop(key, None)
            spell = _spell(line, what, known)
            if line.result == NotedWord.OVER:
                over.append(replace(spell, ended_at=line.at - _seconds(line, "ago_s")))
            else:
                going[key] = spell
    return tuple(sorted((*over, *going.values()), key=lambda spell: (spell.began_at, spell.trouble, spell.about)))


def wave_spells(lines: Iterable[JournalEntry]) -> tuple[tuple[WaveOutlook, ReportSpell], ...]:
    """When waves were late, or were to be, as it was said at the time: by alerts, too. `lines`: oldest first."""
    going: dict[str, tuple[WaveOutlook, ReportSpell]] = {}
    over: list[tuple[WaveOutlook, ReportSpell]] = []
    for line in lines:
        if line.what != JournalWord.WAVE or line.result not in WaveOutlook.__members__.values():
            continue
        if known := going.pop(line.subject, None):
            over.append((known[0], replace(known[1], ended_at=line.at)))
        if (outlook := WaveOutlook(line.result)) is not WaveOutlook.IN_TIME:
            spell = ReportSpell(trouble=outlook.value, about=line.subject, says=line.reason, began_at=line.at, ended_at=None)
            going[line.subject] = outlook, spell
    return tuple(sorted((*over, *going.values()), key=lambda pair: pair[1].began_at))


def daemon_gaps(lines: Iterable[JournalEntry]) -> Iterator[ReportSpell]:
    """When no daemon looked. `lines`: oldest first."""
    for line in lines:
        away_s = _seconds(line, "away_s")
        if line.what == NotedWord.DAEMON and away_s:
            yield ReportSpell(trouble=line.result, about="", says=line.reason, began_at=line.at - away_s, ended_at=line.at)


def _spell(line: JournalEntry, what: Reason, known: ReportSpell | None) -> ReportSpell:
    began_at = line.at - _seconds(line, "stood_s") - _seconds(line, "ago_s") - _seconds(line, "lasted_s")
    new = ReportSpell(trouble=trouble_of(what), about=line.subject, says=what, began_at=began_at, ended_at=None)
    if known is None:
        return new
    says = known.says if known.count > new.count else new.says
    return replace(new, says=says, began_at=min(known.began_at, began_at))


def _seconds(line: JournalEntry, name: str) -> float:
    value = line.reason.arguments.get(name, 0.0)
    return float(value) if isinstance(value, int | float) else 0.0


__all__ = ["ReportSpell", "daemon_gaps", "spells", "wave_spells"]
