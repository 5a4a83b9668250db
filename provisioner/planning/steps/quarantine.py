"""Quarantined desktops: only read and reported. Their agents get another desktop, which takes their place."""

from provisioner.model.deferrals import Deferral
from provisioner.model.ids import Seat
from provisioner.model.words import WaitsFor
from provisioner.planning.steps.draft import Draft
from provisioner.planning.steps.provision import SupersededDesktop
from provisioner.planning.steps.superseded import look
from provisioner.planning.targets.quarantine import why_quarantined


def look_after_quarantined(draft: Draft) -> None:
    """Read each, so that its sessions stay known, and say who keeps it."""
    for name in sorted(draft.survey.quarantined):
        look(draft, draft.situation.records.desktops[name].reservation)
        reason = why_quarantined(draft.facts.quarantines[name])
        draft.deferred.append(Deferral(what=name, seat=None, reason=reason, binds=WaitsFor.OPERATOR))


def quarantined_at(draft: Draft, seat: Seat) -> SupersededDesktop | None:
    """The seat's quarantined desktop, for a new one to supersede: so it does not come back of itself; None: there is none."""
    records = draft.situation.records.desktops
    for name in sorted(draft.survey.quarantined):
        record = records[name]
        if record.reservation.seat == seat and record.superseded_by is None:
            return SupersededDesktop(name=name, why=why_quarantined(draft.facts.quarantines[name]))
    return None
