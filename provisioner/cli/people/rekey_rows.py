"""People who wait for an operator to say who is who, as rows of tables and as a document for programs. Pure.

Cells are names, and reasons: English for programs, translated where a table is printed.
"""

from collections.abc import Iterable, Iterator, Sequence

from provisioner.model.people.agents import Agent
from provisioner.planning.roster.cases import Case, case_of_group
from provisioner.planning.roster.owners import OtherPerson
from provisioner.planning.roster.recreated import Recreations, UnclearMatch
from provisioner.planning.roster.traits import Likeness, traits_of
from provisioner.planning.roster.who import WhoIsWho
from provisioner.reasons import directory as reasons
from provisioner.reasons.reason import ALSO, Reason, join_reasons
from provisioner.texts.translate import headings, plural

RECREATED_COLUMNS = headings("old id", "new id", "login", "name", "the same", "differs")
UNCLEAR_COLUMNS = headings("old ids", "new ids", "logins", "case")
OTHER_COLUMNS = headings("id", "was", "shows now", "the same", "known as", "case")
_CASES = {
    Case.SWAPPED: reasons.CASE_SWAPPED,
    Case.ANOTHER: reasons.CASE_ANOTHER,
    Case.UNCLEAR: reasons.CASE_UNCLEAR,
    Case.MERGED: reasons.CASE_MERGED,
    Case.SPLIT: reasons.CASE_SPLIT,
    Case.TWICE: reasons.CASE_TWICE,
}
_FIELDS = {
    "login": reasons.FIELD_LOGIN,
    "name": reasons.FIELD_NAME,
    "display_name": reasons.FIELD_DISPLAY_NAME,
    "mail": reasons.FIELD_MAIL,
    "number": reasons.FIELD_NUMBER,
    "made": reasons.FIELD_MADE,
    "unit": reasons.FIELD_UNIT,
    "department": reasons.FIELD_DEPARTMENT,
    "site": reasons.FIELD_SITE,
}
_LISTED = 5


def recreated_rows(recreations: Recreations) -> list[tuple[object, ...]]:
    """A row for each pair, by login."""
    return [
        (
            pair.old.agent_id,
            pair.new.agent_id,
            pair.new.login,
            pair.new.display_name,
            join_reasons(map(_field, pair.same), ALSO),
            join_reasons((_compared(pair.old, pair.new, name) for name in pair.differs), ALSO) or "-",
        )
        for pair in recreations.pairs
    ]


def unclear_rows(recreations: Recreations) -> list[tuple[object, ...]]:
    """Groups of ids that nobody can match; their desktops are not carried over."""
    return [
        (
            first_of(agent.agent_id for agent in group.old),
            first_of(agent.agent_id for agent in group.new),
            first_of(agent.login for agent in group.new),
            _case_of(group),
        )
        for group in recreations.unclear
    ]


def second_rows(pairs: Iterable[Likeness]) -> list[tuple[object, ...]]:
    """Newcomers beside an owner who seems to be the same person."""
    return [(pair.old.agent_id, pair.new.agent_id, pair.new.login, _CASES[Case.TWICE]()) for pair in pairs]


def other_rows(others: Iterable[OtherPerson]) -> list[tuple[object, ...]]:
    """Ids that seem to show another person than the owner of the desktop: by the owner's login."""
    return [
        (
            other.agent_id,
            _called(other.entries.old),
            _called(other.entries.new),
            join_reasons(map(_field, other.entries.same), ALSO) or "-",
            "-" if other.known_as is None else other.known_as.agent_id,
            _CASES[other.case](),
        )
        for other in others
    ]


def who_lines(who: WhoIsWho) -> Iterator[str]:
    """How many people wait, and what to do."""
    yield from _recreated_lines(who.recreated)
    if who.twice:
        yield plural(
            "{count} newcomer seems to be a second entry of somebody who is listed, and gets no desktop: `bascule directory "
            "distinct ID --by NAME` if it is another person",
            "{count} newcomers seem to be second entries of people who are listed, and get no desktop: `bascule directory "
            "distinct ID --by NAME` where it is another person",
            len(who.twice),
        )
    if who.others:
        yield other_line(who.others)


def other_line(others: Sequence[OtherPerson]) -> str:
    """How many there are, and what to do."""
    return plural(
        "{count} id seems to show another person than before: the desktop stays with whoever had it until you say who is who. "
        "The same person: `bascule directory rekey --renamed ID --by NAME`; somebody else: `bascule directory distinct ID --by "
        "NAME`; an import that slipped by a row: put the directory right",
        "{count} ids seem to show other people than before: the desktops stay with whoever had them until you say who is who. "
        "The same person: `bascule directory rekey --renamed ID --by NAME`; somebody else: `bascule directory distinct ID --by "
        "NAME`; an import that slipped by a row: put the directory right",
        len(others),
    )


def _recreated_lines(recreations: Recreations) -> Iterator[str]:
    if recreations.pairs:
        yield plural(
            "{count} person under a new id: nothing is made for the new id and nothing is let go until you say who is who: "
            "`bascule directory rekey --by NAME`, or `bascule directory distinct ID --by NAME` where it is somebody else",
            "{count} people under a new id: nothing is made for the new id and nothing is let go until you say who is who: "
            "`bascule directory rekey --by NAME`, or `bascule directory distinct ID --by NAME` where it is somebody else",
            len(recreations.pairs),
        )
    if recreations.unclear:
        yield plural(
            "unclear: {count} case in which nobody can say who is who: "
            "`bascule directory rekey --match ATTRIBUTE`, or `--pairs FILE`",
            "unclear: {count} cases in which nobody can say who is who: "
            "`bascule directory rekey --match ATTRIBUTE`, or `--pairs FILE`",
            len(recreations.unclear),
        )


def recreated_document(who: WhoIsWho) -> dict[str, object]:
    """The document of `--json`."""
    return {
        "recreated": [dict(zip(RECREATED_COLUMNS, row, strict=True)) for row in recreated_rows(who.recreated)],
        "unclear": [
            dict(zip(UNCLEAR_COLUMNS, row, strict=True)) for row in (*unclear_rows(who.recreated), *second_rows(who.twice))
        ],
        "others": [dict(zip(OTHER_COLUMNS, row, strict=True)) for row in other_rows(who.others)],
    }


def field_change(name: str, before: str, after: str) -> Reason:
    """A field of an agent with both values; `name` is the field's, or an attribute's."""
    return reasons.FIELD_CHANGED(field=_field(name), before=before, after=after)


def first_of(names: Iterable[str]) -> str:
    """The first five names, and how many more there are."""
    every = list(names)
    listed = ", ".join(every[:_LISTED])
    return reasons.AND_MORE(names=listed, count=len(every) - _LISTED) if len(every) > _LISTED else listed


def _field(name: str) -> str:
    return _FIELDS[name]() if name in _FIELDS else name


def _compared(old: Agent, new: Agent, name: str) -> Reason:
    before, after = (_value(agent, name) for agent in (old, new))
    return field_change(name, before, after)


def _value(agent: Agent, name: str) -> str:
    if name in ("number", "made"):
        return dict(traits_of(agent))[name]
    return agent.display_name if name == "name" else str(getattr(agent, name))


def _called(agent: Agent) -> str:
    return f"{agent.login} ({agent.display_name})" if agent.display_name else agent.login


def _case_of(group: UnclearMatch) -> Reason:
    return _CASES[case_of_group(len(group.old), len(group.new))]()
