"""What the journal keeps of the list, and which entries of two cycles are the same trouble."""

from collections.abc import Mapping

from provisioner.reasons import views, wrong
from provisioner.reasons.grouping import codes_of
from provisioner.reasons.reason import Reason
from provisioner.wrong import alerts
from provisioner.wrong.entry import Severity, Wrong
from provisioner.wrong.table import meaning_of

SAME: Mapping[str, str] = {
    views.DESKTOP_FAILED.code: views.DESKTOPS_FAILED.code,
    views.PERSON_RECREATED.code: views.PEOPLE_RECREATED.code,
    wrong.DESKTOP_LATE.code: wrong.DESKTOPS_LATE.code,
    wrong.DESKTOP_SILENT.code: wrong.DESKTOPS_SILENT.code,
    wrong.DESKTOP_UNLISTED.code: wrong.DESKTOPS_UNLISTED.code,
    wrong.DESKTOP_UNASKED.code: wrong.DESKTOPS_UNASKED.code,
    wrong.DESKTOP_SETUP_FAILED.code: wrong.DESKTOPS_SETUP_FAILED.code,
    wrong.PERSON_STUCK.code: wrong.PEOPLE_STUCK.code,
    wrong.CLUSTER_UNSEEN.code: wrong.CLUSTER_UNSEEN_WHY.code,
    wrong.NO_ROSTER.code: wrong.NO_ROSTER_WHY.code,
}
"""Kinds that are the same trouble of one and of several, or without and with its cause."""
_OF_WAVES = (alerts.WAVE_LATE, alerts.WAVE_WILL_BE_LATE, alerts.WAVE_MAY_BE_LATE)


def trouble_of(says: Reason) -> str:
    """Equal for the same trouble: the kind, and the kinds of its cause. Other systems' words do not count: they vary."""
    return "/".join((SAME.get(says.code, says.code), *codes_of(_text(says.arguments.get("why", "")))))


def _text(value: object) -> str:
    """An argument that may be a reason; a number has no kinds."""
    return value if isinstance(value, str) else ""


def is_kept(entry: Wrong) -> bool:
    """Whether the journal keeps it. Notes call nobody; of waves it has lines of its own (`JournalWord.WAVE`)."""
    meaning = meaning_of(entry.code)
    return meaning.severity is not Severity.NOTE and meaning.alert not in _OF_WAVES


__all__ = ["SAME", "is_kept", "trouble_of"]
