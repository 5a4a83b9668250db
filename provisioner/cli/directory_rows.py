"""What a reading would change, as lines, rows of tables and a document for programs. Pure."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

from provisioner.cli.output import counted
from provisioner.cli.rekey_rows import recreated_document
from provisioner.daemon.roster_diff import DirectoryDifference
from provisioner.model.guard import HeldInput
from provisioner.planning.roster.changes import ChangedAgent, RosterChanges
from provisioner.planning.roster.guard import allowance_for

LEAVER_COLUMNS = ("leaves", "name", "department", "why")
JOINER_COLUMNS = ("joins", "name", "department")
CHANGED_COLUMNS = ("stays", "what changes")
DEPARTMENT_COLUMNS = ("department", "leave", "join")


def head_lines(seen: DirectoryDifference) -> Iterator[str]:
    """What is compared with what."""
    changes, now = seen.verdict.changes, seen.verdict.seen
    if seen.accepted is not None:
        count = counted(len(seen.accepted.agents), "agent")
        yield f"in force:  {count}, {changes.entitled_before} entitled, read at {moment(seen.accepted.read_at)}"
    elif seen.owners:
        yield f"in force:  no roster: the store was lost; {counted(seen.owners, 'person', 'people')} own a desktop"
    else:
        yield "in force:  nothing yet: the first reading is believed as it is"
    if seen.configuration_changed:
        yield "bascule.yaml: entitlements or scenario are not those in force; this is what both would change together"
    rejected = f", {len(now.rejected)} entries rejected" if now.rejected else ""
    yield f"directory: {counted(len(now.agents), 'agent')}, {changes.entitled_after} entitled{rejected}"
    yield from (f"no answer: {reason}" for reason in now.passed_over)
    whys = Counter(one.why.value for one in changes.left)
    reasons = ": " + ", ".join(f"{count} {why}" for why, count in sorted(whys.items())) if whys else ""
    yield f"{len(changes.left)} would leave{reasons}; {len(changes.joined)} would join"


def verdict_lines(seen: DirectoryDifference) -> Iterator[str]:
    """Whether it is believed, and what an order would let through."""
    held = seen.verdict.quarantine
    if held is None:
        by = f", by order of {seen.verdict.let_through[0]}" if seen.verdict.let_through else ""
        lost = len(seen.verdict.changes.left)
        takes = f"; it takes {counted(lost, 'person', 'people')} the desktop" if lost else ""
        yield f"the next reading is put in force{by}{takes}"
        return
    yield f"quarantined: {held.words}"
    if (order := seen.order) is not None and order.allows is not None and order.until is not None:
        allows = order.allows
        yield (
            f"{order.by} lets {len(allows.leavers)} leave and {len(allows.joiners)} join, by name, "
            f"until {moment(order.until)}: here are others"
        )
    allows = allowance_for(seen.verdict)
    words = f"would let these {len(allows.leavers)} leave and these {len(allows.joiners)} join, and nobody in their place"
    yield f"an accident: put {_RIGHT[held.of]} right. Meant: `bascule directory accept --until 2h --by NAME` {words}"


_RIGHT = {
    HeldInput.DIRECTORY: "the directory",
    HeldInput.CONFIGURATION: "bascule.yaml",
    HeldInput.BOTH: "the directory and bascule.yaml",
}


def leaver_rows(changes: RosterChanges) -> list[tuple[object, ...]]:
    """By login."""
    return [
        (one.before.login, one.before.display_name, one.before.department or "-", one.why.value)
        if one.before
        else (one.agent_id, "-", "-", one.why.value)
        for one in changes.left
    ]


def joiner_rows(changes: RosterChanges) -> list[tuple[object, ...]]:
    """By login."""
    return [(one.login, one.display_name, one.department or "-") for one in changes.joined]


def changed_rows(changes: RosterChanges) -> list[tuple[object, ...]]:
    """Who stays and is called otherwise, or is elsewhere."""
    everyone = {one.after.agent_id: one for one in (*changes.renamed, *changes.moved)}
    return [(one.after.login, "; ".join(_differences(one))) for one in sorted(everyone.values(), key=_login)]


def department_rows(changes: RosterChanges) -> list[tuple[object, ...]]:
    """The departments that change most come first."""
    left = Counter(one.before.department or "-" if one.before else "-" for one in changes.left)
    joined = Counter(one.department or "-" for one in changes.joined)
    names = sorted(left.keys() | joined.keys(), key=lambda name: (-left[name] - joined[name], name))
    return [(name, left[name], joined[name]) for name in names]


def difference_document(seen: DirectoryDifference) -> dict[str, object]:
    """Of `--json`."""
    changes, allows = seen.verdict.changes, allowance_for(seen.verdict)
    return {
        "quarantine": seen.verdict.quarantine,
        "let_through_by": seen.verdict.let_through[0] if seen.verdict.let_through else "",
        "configuration_changed": seen.configuration_changed,
        "accept_allows": {"leavers": sorted(allows.leavers), "joiners": sorted(allows.joiners)},
        "entitled_before": changes.entitled_before,
        "entitled_after": changes.entitled_after,
        "left": [dict(zip(LEAVER_COLUMNS, row, strict=True)) for row in leaver_rows(changes)],
        "joined": [dict(zip(JOINER_COLUMNS, row, strict=True)) for row in joiner_rows(changes)],
        "changed": [dict(zip(CHANGED_COLUMNS, row, strict=True)) for row in changed_rows(changes)],
        "rejected": seen.verdict.seen.rejected,
        **recreated_document(seen.recreated),
        "departments": [dict(zip(DEPARTMENT_COLUMNS, row, strict=True)) for row in department_rows(changes)],
    }


def moment(at: float) -> str:
    """On this machine's clock, with its zone."""
    return datetime.fromtimestamp(at, tz=UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S %z")


def _differences(one: ChangedAgent) -> Iterator[str]:
    for name in ("login", "display_name", "unit", "department", "site"):
        before, after = getattr(one.before, name), getattr(one.after, name)
        if before != after:
            yield f"{name.replace('_', ' ')} '{before}' → '{after}'"


def _login(one: ChangedAgent) -> tuple[str, str]:
    return one.after.login, one.after.agent_id
