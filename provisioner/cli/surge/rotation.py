"""`bascule surge rotation`: who comes by half-days, and who waits."""

import csv
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Annotated

import typer

from provisioner.cli.clocks import clock_of_commands
from provisioner.cli.daemon_client import SocketOption
from provisioner.cli.deadlines import day_of
from provisioner.cli.documents import ROTATION, RotationDocument
from provisioner.cli.output import CONFIG, ConfigOption, JsonOption, print_json, print_table, say
from provisioner.cli.reading import Look, show_document
from provisioner.cli.times import dated, for_programs, instant, local
from provisioner.cli.watching import WatchOption
from provisioner.texts.translate import _, headings, plural

_COLUMNS = headings("half-day", "people", "waited")
_PERSON_COLUMNS = headings("half-day", "until", "waited")
_FILE = ("login", "name", "department", "begins", "ends")
WeekOption = Annotated[str, typer.Option("--week", metavar="DATE", help="Only the week with this day: 2026-12-07, tomorrow.")]
LoginOption = Annotated[str, typer.Option("--login", metavar="LOGIN", help="Only this person's half-days.")]
CsvOption = Annotated[bool, typer.Option("--csv", help="Who comes when, as CSV on the standard output.")]


def rotation(
    week: WeekOption = "",
    login: LoginOption = "",
    as_csv: CsvOption = False,
    config: ConfigOption = CONFIG,
    json: JsonOption = False,
    socket: SocketOption = None,
    watch: WatchOption = "",
) -> None:
    """The half-days as published, who waits now, and why."""
    monday = _monday(week)

    def show_some(document: RotationDocument) -> None:
        some = _only(document, monday, login)
        if json:
            print_json(some)
        elif as_csv:
            for_programs()
            csv.writer(sys.stdout).writerows([_FILE, *_lines(some)])
        else:
            _show(some, login)

    look = Look(config=config, socket=socket, offline=False, json=False, watch=watch)
    show_document(ROTATION, look, show_some)


def _monday(text: str) -> date | None:
    if not text:
        return None
    day = day_of(text, now=clock_of_commands().now(), option="--week")
    return day - timedelta(days=day.weekday())


def _only(document: RotationDocument, monday: date | None, login: str) -> RotationDocument:
    """The part that was asked for."""
    people = [week for week in document["people"] if login in ("", week["login"])]
    if monday is not None:
        people = [week for week in people if monday <= local(instant(week["week"])).date() < monday + timedelta(days=7)]
    waiting = [each for each in document["waiting"] if login in ("", each["login"])]
    refused = [each for each in document["refused"] if login in ("", each["login"])]
    return {**document, "people": people, "waiting": waiting, "refused": refused}


def _words(stamp: str) -> str:
    return dated(instant(stamp))


def _lines(document: RotationDocument) -> Iterator[tuple[str, ...]]:
    """A line for each person and half-day, in the order of the half-days."""
    lines = (
        (
            week["login"],
            week["name"],
            week["department"] or "",
            _words(half_day["begins"]),
            _words(half_day["ends"]),
        )
        for week in document["people"]
        for half_day in week["half_days"]
    )
    return iter(sorted(lines, key=lambda line: (line[3], line[0])))


def _none_line(document: RotationDocument) -> str:
    if document["not_begun"] is None:
        return _("no scenario with a rotation is in force")
    return _(
        "the rotation of scenario '{scenario}' has not begun: nobody has a half-day yet; `bascule surge start` begins it",
        scenario=document["not_begun"],
    )


def _show(document: RotationDocument, login: str) -> None:
    if not document["in_force"]:
        say(_none_line(document))
        return
    if login:
        print_table("", _PERSON_COLUMNS, _of_person(document), empty=_("{login} has no half-day", login=login))
    else:
        _say_sums(document)
        print_table("", _COLUMNS, _of_all(document), numbers=_COLUMNS[1:], empty=_("no week is published yet"))
    for each in document["waiting"]:
        expected = _words(each["expected_at"])
        say(_("{login} waits, until about {time}: {why}", login=each["login"], time=expected, why=each["because"]["text"]))
    for refused in document["refused"]:
        say(_("{login} has no half-days: {why}", login=refused["login"], why=refused["because"]["text"]))


def _say_sums(document: RotationDocument) -> None:
    say(
        _(
            "{has} of {due} people whose half-day it is have a desktop; {staying} of an earlier one are still logged on",
            **{name: document[name] for name in ("has", "due", "staying")},
        )
    )
    say(
        plural(
            "half-days without a desktop in the published weeks: {count}, {most} at most for one person",
            "half-days without a desktop in the published weeks: {count}, {most} at most for one person",
            document["all_waits"],
            most=document["largest_wait"],
        )
    )


def _of_person(document: RotationDocument) -> Iterator[tuple[object, ...]]:
    for week in document["people"]:
        for half_day in week["half_days"]:
            waited = _("yes") if half_day["waited"] else ""
            yield (_words(half_day["begins"]), _words(half_day["ends"]), waited)


def _of_all(document: RotationDocument) -> Iterator[tuple[object, ...]]:
    half_days = [half_day for week in document["people"] for half_day in week["half_days"]]
    people = Counter(half_day["begins"] for half_day in half_days)
    waited = Counter(half_day["begins"] for half_day in half_days if half_day["waited"])
    return ((_words(begins), count, waited[begins]) for begins, count in sorted(people.items()))
