"""A surveyor that asks another one, who has seen nothing before, after each look; and the same of the statuses.

Whoever looks only at what has changed must say what one says who looks at everything.
"""

from collections.abc import Mapping
from dataclasses import fields
from operator import attrgetter
from typing import Any

from provisioner.model.actions import Plan
from provisioner.model.status import DesktopState, Status
from provisioner.planning.inputs import Situation
from provisioner.planning.report.status import StatusInputs, build_status
from provisioner.planning.survey.survey import Survey, free_resources
from provisioner.planning.survey.surveyor import Surveyor, survey

_BUT_SINCE = attrgetter(*(field.name for field in fields(DesktopState) if field.name != "since"))


def compared(survey_result: Survey) -> dict[str, Any]:
    """A survey as values that outlive the surveyor's next look."""
    found = {
        field.name: getattr(survey_result, field.name)
        for field in fields(survey_result)
        if field.name not in ("fresh", "by_hand")
    }
    plain = {key: dict(value) if isinstance(value, Mapping) else value for key, value in found.items()}
    return plain | {"due": set(survey_result.due), "departed": set(survey_result.departed), "ready": survey_result.ready}


class Doubting(Surveyor):
    """Raises AssertionError where it would have overlooked something."""

    situation: Situation
    fresh: Survey
    """What one says who has seen nothing before: of that situation."""

    def look(self, situation: Situation) -> Survey:
        """As told."""
        survey_result = super().look(situation)
        self.situation, self.fresh = situation, survey(situation)
        mine, fresh = compared(survey_result), compared(self.fresh)
        assert mine == fresh, {key: (mine[key], fresh[key]) for key in mine if mine[key] != fresh[key]}
        return survey_result


class Doubted:
    """A listener: each status shows every desktop as it is, also those that nobody looked at anew."""

    def __init__(self, surveyor: Doubting) -> None:
        self._surveyor = surveyor
        self._last: Status | None = None

    def status(self, status: Status) -> None:
        """As told."""
        if not status.snapshot.clusters:
            return  # nothing was seen yet
        if self._last is not None and status.desktops is self._last.desktops:
            return  # what was last seen, told anew
        situation, survey_result = self._surveyor.situation, self._surveyor.fresh
        alone = build_status(
            situation, survey_result, Plan(), StatusInputs(), room=free_resources(situation, survey_result), before=None
        )
        assert _undated(status) == _undated(alone)
        assert (status.phases, status.on_the_way) == (alone.phases, alone.on_the_way)
        assert status.moved is None or self._last is None or status.moved >= _moved(self._last, status)
        self._last = status

    def __getattr__(self, _: str) -> Any:
        return lambda *_, **__: None


def _undated(status: Status) -> dict[str, Any]:
    return {name: _BUT_SINCE(desktop) for name, desktop in status.desktops.items()}


def _moved(before: Status, now: Status) -> set[str]:
    names = before.desktops.keys() | now.desktops.keys()
    return {name for name in names if before.desktops.get(name) != now.desktops.get(name)}
