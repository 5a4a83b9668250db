"""Whose sessions are read next: ready desktops by due time, so that no cycle has to go over all of them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from provisioner.model.ids import DesktopName, Instant
from provisioner.model.machines.desktops import Phase
from provisioner.pacing.probe_timing import sessions_due
from provisioner.planning.inputs import Situation

_PAGE_S = 10.0
"""Desktops due within the same ten seconds share a page."""


class SessionSchedule:
    """Ready and silent desktops by the time of their next reading. An outdated entry is corrected when its time comes."""

    def __init__(self) -> None:
        self.due: set[DesktopName] = set()
        self._pages: defaultdict[int, set[DesktopName]] = defaultdict(set)

    def go_on(
        self, situation: Situation, changed: Iterable[DesktopName], phases: Mapping[DesktopName, tuple[Phase, str]]
    ) -> None:  # fmt: skip
        """Enter the `changed` desktops, and collect the desktops that have become due.

        What was due is entered anew: a question in vain puts it off, and changes no record.
        """
        page = int(situation.now // _PAGE_S)
        names = set(changed).union(self.due, *(self._pages.pop(past) for past in tuple(self._pages) if past <= page))
        self.due.clear()
        for name in names:
            self._enter(situation, name, phases)

    def _enter(self, situation: Situation, name: DesktopName, phases: Mapping[DesktopName, tuple[Phase, str]]) -> None:
        if name not in phases or phases[name][0] not in (Phase.READY, Phase.SILENT):
            return
        if is_sweep_due(situation, name):
            self.due.add(name)
        else:
            self._pages[int(_due_at(situation, name) // _PAGE_S)].add(name)


def is_sweep_due(situation: Situation, name: DesktopName) -> bool:
    """Whether it is time to read the sessions of a desktop that is ready."""
    return situation.now >= _due_at(situation, name)


def _due_at(situation: Situation, name: DesktopName) -> Instant:
    records = situation.records
    unheard = records.desktops[name].unheard
    return sessions_due(
        report=records.report_of(name),
        checked_at=records.checked.get(name),
        pace=situation.config.pace,
        in_vain_since=None if unheard is None else unheard.since,
    )
