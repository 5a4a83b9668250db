"""A surveyor and a listener that compare each survey and each status with one made from scratch.

A survey from changes must equal a survey of everything.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import fields
from operator import attrgetter
from typing import Any

from provisioner.model.ids import DesktopName
from provisioner.model.status import DesktopState, Status
from provisioner.planning.inputs import Situation
from provisioner.planning.report.desktop_states import DesktopStates
from provisioner.planning.survey.survey import Survey
from provisioner.planning.survey.surveyor import Surveyor, survey

_OF_SESSIONS = ("sessions", "unheard", "unknown_since")
_BUT_SESSIONS = attrgetter(*(field.name for field in fields(DesktopState) if field.name not in _OF_SESSIONS))
_BUT_SINCE = attrgetter(*(field.name for field in fields(DesktopState) if field.name != "since"))


def compared(survey_result: Survey) -> dict[str, Any]:
    """A survey as values that stay unchanged during the surveyor's next look."""
    found = {
        field.name: getattr(survey_result, field.name)
        for field in fields(survey_result)
        if field.name not in ("fresh", "by_hand")
    }
    plain = {key: dict(value) if isinstance(value, Mapping) else value for key, value in found.items()}
    return plain | {"due": set(survey_result.due), "departed": set(survey_result.departed), "ready": survey_result.ready}


class Doubting(Surveyor):
    """Compares each survey with one from scratch, and raises AssertionError if they differ."""

    situation: Situation
    fresh: Survey
    """A survey of that situation from scratch."""

    def look(self, situation: Situation) -> Survey:
        """The survey from changes, after the comparison."""
        survey_result = super().look(situation)
        self.situation, self.fresh = situation, survey(situation)
        mine, fresh = compared(survey_result), compared(self.fresh)
        assert mine == fresh, {key: (mine[key], fresh[key]) for key in mine if mine[key] != fresh[key]}
        return survey_result


class Doubted:
    """A listener: checks that each status shows every desktop correctly, also desktops that were not surveyed again."""

    def __init__(self, surveyor: Doubting) -> None:
        self._surveyor = surveyor
        self._last: Status | None = None
        self._compared: Situation | None = None
        """What the last status was compared in."""

    def status(self, status: Status) -> None:
        """Compare the status with one from scratch."""
        if not status.snapshot.clusters:
            return  # no view yet
        if self._last is not None and status.desktops is self._last.desktops:
            self._last, self._compared = status, self._surveyor.situation
            return  # the last view again
        if self._last is not None and self._surveyor.situation is self._compared:
            self._between_cycles(self._last, status)
            return
        self._compared = self._surveyor.situation
        alone = DesktopStates(self._surveyor.situation, self._surveyor.fresh, None)
        alone.follow(None)
        assert _undated(status.desktops) == _undated(alone.desktops)
        assert status.phases == Counter(state.phase for state in alone.desktops.values())
        assert status.on_the_way == alone.on_the_way
        assert status.moved is None or self._last is None or status.moved >= _moved(self._last, status)
        self._last = status

    def _between_cycles(self, before: Status, status: Status) -> None:
        """Desktops have pushed who is logged on: nothing else is another. The next cycle compares that, too."""
        assert _without_sessions(status) == _without_sessions(before)
        assert status.moved is not None
        assert status.moved >= _moved(before, status)
        self._last = status

    def __getattr__(self, _: str) -> Any:
        return lambda *_, **__: None


def _undated(desktops: Mapping[DesktopName, DesktopState]) -> dict[str, Any]:
    return {name: _BUT_SINCE(desktop) for name, desktop in desktops.items()}


def _without_sessions(status: Status) -> dict[str, Any]:
    return {name: _BUT_SESSIONS(desktop) for name, desktop in status.desktops.items()}


def _moved(before: Status, now: Status) -> set[str]:
    names = before.desktops.keys() | now.desktops.keys()
    return {name for name in names if before.desktops.get(name) != now.desktops.get(name)}
