"""Quarantined desktops: only read and reported. Their agents get another desktop, which takes their place."""

from provisioner.model.deferrals import Deferral
from provisioner.model.ids import DesktopName
from provisioner.model.words import WaitsFor
from provisioner.planning.inputs import why_quarantined
from provisioner.planning.steps.draft import Draft
from provisioner.planning.steps.superseded import look


def look_after_quarantined(draft: Draft) -> None:
    """Read each, so that its sessions stay known, and say who keeps it."""
    for name in sorted(draft.survey.quarantined):
        look(draft, draft.situation.records.desktops[name].reservation)
        _give_place(draft, name)
        reason = why_quarantined(draft.facts.quarantines[name])
        draft.deferred.append(Deferral(what=name, seat=None, reason=reason, binds=WaitsFor.OPERATOR))


def _give_place(draft: Draft, name: DesktopName) -> None:
    """Whatever its seat has besides takes its place: also a desktop that it had superseded itself, after an earlier release."""
    records = draft.situation.records.desktops
    seat = records[name].reservation.seat
    other = None if seat is None else draft.survey.of_seat.get(seat)
    if other is None:
        return
    if records[name].superseded_by != other.name:
        draft.superseded[name] = other.name
    if records[other.name].superseded_by is not None:
        draft.superseded[other.name] = None
