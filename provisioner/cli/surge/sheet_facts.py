"""The director's sheet as values: whether a scenario would hold, who gets what by when, who gets nothing, and what is unsure.

Every figure is a forecast's; what it needs besides is the roster that the forecast was made with.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from provisioner.cli.added import SheetNote
from provisioner.cli.forecast.figures import figures_of
from provisioner.cli.forecast.verdict import ForecastAnswer
from provisioner.cli.times import site_clock
from provisioner.model.ids import WaveName
from provisioner.model.scenario.surges import SurgeRun
from provisioner.planning.roster.entitlement import AgentPlace
from provisioner.rehearsal.fitting import WaveFit
from provisioner.rehearsal.rehearse import Stage
from provisioner.rehearsal.waves import PartKind
from provisioner.views.times import stamp, stamp_or_none

_SERVICES = 5
"""Of a wave, the largest ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetFacts:
    """What a sheet says."""

    answer: ForecastAnswer
    people: Mapping[WaveName, "WavePeople"]
    notes: tuple[SheetNote, ...] = ()
    """The notes of capabilities."""

    @property
    def run(self) -> SurgeRun:
        """The run that was rehearsed: it begins now."""
        return SurgeRun.begun(self.answer.question.stage.config.scenario.name, self.answer.question.stage.begins_at)

    @property
    def entitled(self) -> int:
        """People of all waves, and of the half-days that are foreseen."""
        return sum(fit.people for fit in self._fits)

    @property
    def in_time(self) -> int:
        """Of them, those who have a desktop when it is due for them."""
        return sum(fit.in_time for fit in self._fits)

    @property
    def _fits(self) -> list[WaveFit]:
        """Not of pools, whose desktops are nobody's before they are lent."""
        return [fit for fit in self.answer.outcome.fits if fit.kind is not PartKind.POOL]


@dataclass(frozen=True, slots=True, kw_only=True)
class WavePeople:
    """The people of one wave, counted."""

    profiles: Mapping[str, int]
    services: Mapping[str, int]
    """The largest departments; who has none is not counted."""


def sheet_facts(answer: ForecastAnswer, notes: tuple[SheetNote, ...]) -> SheetFacts:
    """The facts of a forecast."""
    return SheetFacts(answer=answer, people=dict(_people(answer.question.stage)), notes=notes)


def _people(stage: Stage) -> Iterator[tuple[WaveName, WavePeople]]:
    places = [AgentPlace.of(agent, stage.config.rules) for agent in stage.roster.agents.values()]
    for number, wave in enumerate(stage.config.scenario.waves):
        mine = [place for place in places if place.wave_index == number]
        services = Counter(place.agent.department for place in mine if place.agent.department)
        yield (
            wave.name,
            WavePeople(
                profiles=Counter(str(place.profile) for place in sorted(mine, key=AgentPlace.rank)),
                services=dict(sorted(services.items(), key=lambda item: (-item[1], item[0]))[:_SERVICES]),
            ),
        )


def sheet_document(facts: SheetFacts) -> dict[str, object]:
    """Of `--json`: the forecast, and what the sheet adds."""
    answer, stage = facts.answer, facts.answer.question.stage
    return {
        "scenario": stage.config.scenario.name,
        "zone": site_clock().key,
        "people": facts.entitled,
        "people_in_time": facts.in_time,
        "batches": list(_batches(facts)),
        **{note.key: note.document for note in facts.notes},
        "forecast": figures_of(answer),
    }


def _batches(facts: SheetFacts) -> Iterator[dict[str, object]]:
    now = facts.answer.question.stage.begins_at
    for wave in facts.answer.outcome.forecast.waves:
        for number, part in enumerate(wave.parts, start=1):
            due = None if part.due_after_s is None else now + part.due_after_s
            last = part.ready_after_s[-1] if part.ready_after_s else None
            yield {
                "wave": wave.name,
                "kind": wave.kind.value,
                "batch": number,
                "people": part.people,
                "in_time": part.in_time,
                "opens_at": stamp(now + part.opens_after_s),
                "due_at": stamp_or_none(due),
                "last_ready_at": None if last is None else stamp(now + last),
                "profiles": dict(facts.people[wave.name].profiles) if wave.name in facts.people else {},
            }


__all__ = ["SheetFacts", "WavePeople", "sheet_document", "sheet_facts"]
