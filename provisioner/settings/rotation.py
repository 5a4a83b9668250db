"""`rotation:` of a scenario, to a value."""

import csv
from datetime import date
from pathlib import Path as FilePath

from provisioner.model.ids import DesktopPoolName
from provisioner.model.profiles import Selection
from provisioner.model.rotation import Absence, Rotation
from provisioner.model.session_rules import HandoverRules
from provisioner.reasons.pools import ABSENCE_LINE
from provisioner.reasons.reason import reason_of
from provisioner.reasons.settings import LOGINS_FILE
from provisioner.settings.reading import Section
from provisioner.settings.rotation_documents import RotatingKeys, RotationKeys
from provisioner.settings.scenario_people import excepted_of, listed, read_table
from provisioner.settings.who import selection_of

_COLUMNS = ("login", "from", "until")


def rotation_of(section: Section, document: RotationKeys) -> Rotation:
    """The rotation, without what is not usable, which is reported."""
    people = document.people
    return Rotation(
        pool=DesktopPoolName(document.pool),
        share=people.slots,
        who=_who(section.part("people"), people),
        excepted=_excepted(section.part("people"), people),
        obliged=None if document.every_slot is None else selection_of(document.every_slot),
        by_department=document.together is not None,
        published_days=document.published,
        reserve=document.reserve,
        ready_before_s=document.ready_before,
        handover=HandoverRules(warn_minutes=tuple(document.handover.warn), disconnected_s=document.handover.disconnected),
        absences=_absences(section, document.absences_from),
    )


def read_absences(file: FilePath) -> tuple[Absence, ...]:
    """Every line of the table; raises ValueError and csv.Error."""
    return tuple(_absence(line, *row) for line, row in read_table(file, _COLUMNS))


def _absence(line: int, login: str, first: str, last: str) -> Absence:
    try:
        is_span = bool(login) and date.fromisoformat(first) <= date.fromisoformat(last)
    except ValueError:
        is_span = False
    if not is_span:
        raise ValueError(ABSENCE_LINE(line=line))
    return Absence(login=login, first=first, last=last)


def _absences(section: Section, name: str | None) -> tuple[Absence, ...]:
    file = section.file(name, "absences_from")
    if file is None:
        return ()
    try:
        return read_absences(file)
    except (ValueError, csv.Error) as error:
        section.complain(LOGINS_FILE(file=str(file), said=reason_of(error)), "absences_from")
        return ()


def _who(section: Section, people: RotatingKeys) -> Selection:
    if isinstance(people.who, str):
        return selection_of(people.who)
    return selection_of(people.who, listed(section.part("who"), people.who, may_be_none=False) or frozenset())


def _excepted(section: Section, people: RotatingKeys) -> tuple[Selection, ...]:
    if people.except_ is None:
        return ()
    logins = listed(section.part("except"), people.except_, may_be_none=True)
    return excepted_of(people.except_, logins or frozenset())
