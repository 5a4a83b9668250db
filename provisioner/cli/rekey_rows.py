"""The same people under new ids, as rows of tables and a document for programs. Pure."""

from collections.abc import Iterable, Iterator

from provisioner.cli.output import counted
from provisioner.model.agents import Agent
from provisioner.planning.roster.recreated import Recreations

RECREATED_COLUMNS = ("old id", "new id", "login", "name", "the same", "differs")
UNCLEAR_COLUMNS = ("old ids", "new ids", "logins")


def recreated_rows(found: Recreations) -> list[tuple[object, ...]]:
    """By login."""
    return [
        (
            pair.old.agent_id,
            pair.new.agent_id,
            pair.new.login,
            pair.new.display_name,
            ", ".join(pair.same),
            ", ".join(f"{name} {_both(pair.old, pair.new, name)}" for name in pair.differs) or "-",
        )
        for pair in found.pairs
    ]


def unclear_rows(found: Recreations) -> list[tuple[object, ...]]:
    """Nobody of them is carried over."""
    return [
        (
            _some(one.agent_id for one in group.old),
            _some(one.agent_id for one in group.new),
            _some(one.login for one in group.new),
        )
        for group in found.unclear
    ]


def recreated_lines(found: Recreations) -> Iterator[str]:
    """How many there are, and what to do."""
    if found.pairs:
        people = counted(len(found.pairs), "person", "people")
        yield (
            f"{people} under a new id: nothing is made for the new id and nothing is let go until you say who is who: "
            "`bascule directory rekey --by NAME`, or `bascule directory distinct ID --by NAME` where it is somebody else"
        )
    if found.unclear:
        yield (
            f"unclear: {counted(len(found.unclear), 'case')} in which nobody can say who is who: "
            "`bascule directory rekey --match ATTRIBUTE`, or `--pairs FILE`"
        )


def recreated_document(found: Recreations) -> dict[str, object]:
    """Of `--json`."""
    return {
        "recreated": [dict(zip(RECREATED_COLUMNS, row, strict=True)) for row in recreated_rows(found)],
        "unclear": [dict(zip(UNCLEAR_COLUMNS, row, strict=True)) for row in unclear_rows(found)],
    }


def _both(old: Agent, new: Agent, name: str) -> str:
    before, after = ((one.display_name if name == "name" else getattr(one, name)) for one in (old, new))
    return f"'{before}' → '{after}'"


def _some(names: Iterable[str]) -> str:
    every = list(names)
    more = f" and {len(every) - _NAMED} more" if len(every) > _NAMED else ""
    return f"{', '.join(every[:_NAMED])}{more}"


_NAMED = 5
