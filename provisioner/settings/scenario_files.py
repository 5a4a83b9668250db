"""The calendar that a scenario names."""

from collections.abc import Iterator
from pathlib import Path

from provisioner.reasons.calendars import CALENDAR_UNKNOWN
from provisioner.settings.calendar import CalendarDocument, read_calendar
from provisioner.settings.checking import CheckedDocument
from provisioner.settings.reading import Section
from provisioner.settings.wording import did_you_mean

_FOLDER = "calendars"


def named_calendar(section: Section, name: str) -> CheckedDocument[CalendarDocument] | None:
    """The calendar of this name, or at this path; None: there is none, which is reported."""
    places = list(_places(section.checked.source.folder, name))
    file = next((place for place in places if _is_file(place)), None)
    if file is None:
        unknown = CALENDAR_UNKNOWN(name=name, file=str(places[0]))
        known = sorted({path.stem for place in places for path in place.parent.glob("*.yaml")})
        section.complain(did_you_mean(unknown, name, known), "calendar")
        return None
    section.checked.source.named_files.append(file)
    return read_calendar(file)


def _is_file(place: Path) -> bool:
    try:
        return place.is_file()
    except OSError:  # no file can have so long a name
        return False


def _places(folder: Path, name: str) -> Iterator[Path]:
    if name.endswith(".yaml"):
        yield folder / name
        return
    yield folder / _FOLDER / f"{name}.yaml"
    yield folder.parent / _FOLDER / f"{name}.yaml"
