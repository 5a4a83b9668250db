"""The section `pools` to values."""

from provisioner.model.autoscale import AutoscaleRules, OutsideHours, PoolAutoscale
from provisioner.model.calendars import DailyHours
from provisioner.model.ids import DesktopPoolName, ProfileName
from provisioner.model.pools import DesktopPool, ResetRules
from provisioner.settings.calendar import CalendarDocument, calendar_of
from provisioner.settings.checking import CheckedDocument
from provisioner.settings.fields import as_value
from provisioner.settings.pool_documents import PoolDocument


def pool_of_document(
    name: str, document: PoolDocument, calendar: CheckedDocument[CalendarDocument] | None
) -> DesktopPool:  # fmt: skip
    """The pool; without rules to follow its people if its calendar is not usable, which is reported."""
    begins, ends = document.resets.begins, document.resets.ends
    hours = None if begins is None or ends is None else DailyHours(begins=begins, ends=ends, zone=document.resets.zone)
    resets = as_value(ResetRules, document.resets, hours=hours)
    return as_value(
        DesktopPool,
        document,
        name=DesktopPoolName(name),
        profile=ProfileName(document.profile),
        resets=resets,
        after_person=document.after,
        autoscale=_autoscale(document, calendar),
    )


def _autoscale(document: PoolDocument, calendar: CheckedDocument[CalendarDocument] | None) -> PoolAutoscale | None:
    rules = document.autoscale
    if rules is None or calendar is None or calendar.document is None:
        return None
    outside = OutsideHours(running=rules.outside_hours.running, spare=rules.outside_hours.spare)
    most = document.size if rules.max is None else rules.max
    return PoolAutoscale(
        mode=rules.mode,
        rules=as_value(AutoscaleRules, rules, max=most, spare=rules.spare, outside_hours=outside),
        calendar=calendar_of(calendar.document),
    )
