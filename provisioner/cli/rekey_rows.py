"""Agents who are listed under a new id, as rows of tables and as a document for programs. Pure.

Cells are names, and reasons: English for programs, translated where a table is printed.
"""

from collections.abc import Iterable, Iterator

from provisioner.model.agents import Agent
from provisioner.planning.roster.recreated import Recreations
from provisioner.reasons import roster as reasons
from provisioner.reasons.reason import ALSO, Reason, join_reasons
from provisioner.texts.translate import headings, plural

RECREATED_COLUMNS = headings("old id", "new id", "login", "name", "the same", "differs")
UNCLEAR_COLUMNS = headings("old ids", "new ids", "logins")
_FIELDS = {
    "login": reasons.FIELD_LOGIN,
    "name": reasons.FIELD_NAME,
    "display_name": reasons.FIELD_DISPLAY_NAME,
    "mail": reasons.FIELD_MAIL,
    "unit": reasons.FIELD_UNIT,
    "department": reasons.FIELD_DEPARTMENT,
    "site": reasons.FIELD_SITE,
}
_LISTED = 5


def recreated_rows(recreations: Recreations) -> list[tuple[object, ...]]:
    """By login."""
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
        )
        for group in recreations.unclear
    ]


def recreated_lines(recreations: Recreations) -> Iterator[str]:
    """How many there are, and what to do."""
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


def recreated_document(recreations: Recreations) -> dict[str, object]:
    """Of `--json`."""
    return {
        "recreated": [dict(zip(RECREATED_COLUMNS, row, strict=True)) for row in recreated_rows(recreations)],
        "unclear": [dict(zip(UNCLEAR_COLUMNS, row, strict=True)) for row in unclear_rows(recreations)],
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
    before, after = (agent.display_name if name == "name" else getattr(agent, name) for agent in (old, new))
    return field_change(name, before, after)
