"""When an operator's order to restart a desktop has ended, and how. Pure."""

from provisioner.model.desktops import Phase
from provisioner.model.ids import DesktopName
from provisioner.model.intents import Intent
from provisioner.model.records import Records
from provisioner.planning.survey.survey import Survey


def end_of_restart(intent: Intent, survey: Survey, records: Records) -> str:
    """The end of the order, for log and journal; empty: it is not done yet."""
    name = DesktopName(intent.target)
    record = records.desktops.get(name)
    if record is None:
        return "not restarted: there is no such desktop any more"
    phase, why = survey.phases[name]
    seat = record.reservation.seat
    if seat is None or survey.of_seat.get(seat) is not record.reservation:
        return "not restarted: its agent has another desktop"
    if phase is Phase.FAILED:
        return f"not restarted: {why}"
    return "ready again" if phase is Phase.READY and record.was_started_since(intent.at) else ""
