"""What a reading would change, as lines, rows of tables and a document for programs. Pure.

Lines are in the language of the command. Cells are as in `rekey_rows`.
"""

from collections import Counter
from collections.abc import Iterator

from provisioner.cli.people.rekey_rows import field_change, recreated_document
from provisioner.cli.times import clock
from provisioner.daemon.roster_diff import DirectoryDifference
from provisioner.model.guard import HeldInput
from provisioner.planning.roster.changes import ChangedAgent, DepartureCause, RosterChanges
from provisioner.planning.roster.guard import allowance_for
from provisioner.reasons import directory as reasons
from provisioner.reasons.reason import join_reasons
from provisioner.texts.translate import N_, _, headings, plural

LEAVER_COLUMNS = headings("leaves", "name", "department", "why")
JOINER_COLUMNS = headings("joins", "name", "department")
CHANGED_COLUMNS = headings("stays", "what changes")
DEPARTMENT_COLUMNS = headings("department", "leave", "join")
_CAUSES = {
    DepartureCause.GONE: reasons.LEAVER_GONE,
    DepartureCause.DISABLED: reasons.LEAVER_DISABLED,
    DepartureCause.EXPIRED: reasons.LEAVER_EXPIRED,
    DepartureCause.UNENTITLED: reasons.LEAVER_UNENTITLED,
}
_IF_ACCIDENT = {
    HeldInput.DIRECTORY: N_("if this is an accident, correct the directory"),
    HeldInput.CONFIGURATION: N_("if this is an accident, correct bascule.yaml"),
    HeldInput.BOTH: N_("if this is an accident, correct the directory and bascule.yaml"),
}


def head_lines(difference: DirectoryDifference) -> Iterator[str]:
    """The roster in force, the reading, and how many agents leave and join."""
    changes, reading = difference.verdict.changes, difference.verdict.merged
    yield _in_force(difference)
    if difference.configuration_changed:
        yield _("bascule.yaml: entitlements or scenario are not those in force; this is what both would change together")
    yield _directory(len(reading.agents), entitled=changes.entitled_after, rejected=len(reading.rejected))
    yield from (_("no answer: {reason}", reason=reason) for reason in reading.passed_over)
    causes = Counter(leaver.why for leaver in changes.left)
    counts = {"left": len(changes.left), "joined": len(changes.joined)}
    if causes:
        listed = ", ".join(_left(cause, count) for cause, count in sorted(causes.items()))
        yield _("{left} would leave: {causes}; {joined} would join", causes=listed, **counts)
    else:
        yield _("{left} would leave; {joined} would join", **counts)


def verdict_lines(difference: DirectoryDifference) -> Iterator[str]:
    """Whether the reading is believed, and what an order would let through."""
    verdict, order = difference.verdict, difference.order
    if verdict.quarantine is None:
        yield _believed(verdict.let_through[0] if verdict.let_through else "", lost=len(verdict.changes.left))
        return
    yield _("quarantined: {reason}", reason=verdict.quarantine.words)
    if order is not None and order.allows is not None and order.until is not None:
        yield _(
            "{by} lets {leavers} leave and {joiners} join, by name, until {until}: here are others",
            by=order.by,
            leavers=len(order.allows.leavers),
            joiners=len(order.allows.joiners),
            until=clock(order.until),
        )
    allows = allowance_for(verdict)
    yield _(_IF_ACCIDENT[verdict.quarantine.of])
    yield _(
        "if it is meant, `bascule directory accept --until 2h --by NAME` would let these {leavers} leave and these {joiners} "
        "join, and nobody in their place",
        leavers=len(allows.leavers),
        joiners=len(allows.joiners),
    )


def leaver_rows(changes: RosterChanges) -> list[tuple[object, ...]]:
    """A row for each leaver, by login."""
    return [
        (leaver.before.login, leaver.before.display_name, leaver.before.department or "-", _CAUSES[leaver.why]())
        if leaver.before
        else (leaver.agent_id, "-", "-", _CAUSES[leaver.why]())
        for leaver in changes.left
    ]


def joiner_rows(changes: RosterChanges) -> list[tuple[object, ...]]:
    """A row for each joiner, by login."""
    return [(agent.login, agent.display_name, agent.department or "-") for agent in changes.joined]


def changed_rows(changes: RosterChanges) -> list[tuple[object, ...]]:
    """Agents who stay with another name, login, unit, department or site."""
    agents = {changed.after.agent_id: changed for changed in (*changes.renamed, *changes.moved)}
    return [(changed.after.login, join_reasons(_differences(changed))) for changed in sorted(agents.values(), key=_login)]


def department_rows(changes: RosterChanges) -> list[tuple[object, ...]]:
    """The departments that change most come first."""
    left = Counter(leaver.before.department or "-" if leaver.before else "-" for leaver in changes.left)
    joined = Counter(agent.department or "-" for agent in changes.joined)
    names = sorted(left.keys() | joined.keys(), key=lambda name: (-left[name] - joined[name], name))
    return [(name, left[name], joined[name]) for name in names]


def difference_document(difference: DirectoryDifference) -> dict[str, object]:
    """The document of `--json`."""
    changes, allows = difference.verdict.changes, allowance_for(difference.verdict)
    return {
        "quarantine": difference.verdict.quarantine,
        "let_through_by": difference.verdict.let_through[0] if difference.verdict.let_through else "",
        "configuration_changed": difference.configuration_changed,
        "accept_allows": {"leavers": sorted(allows.leavers), "joiners": sorted(allows.joiners)},
        "entitled_before": changes.entitled_before,
        "entitled_after": changes.entitled_after,
        "left": [dict(zip(LEAVER_COLUMNS, row, strict=True)) for row in leaver_rows(changes)],
        "joined": [dict(zip(JOINER_COLUMNS, row, strict=True)) for row in joiner_rows(changes)],
        "changed": [dict(zip(CHANGED_COLUMNS, row, strict=True)) for row in changed_rows(changes)],
        "rejected": difference.verdict.merged.rejected,
        **recreated_document(difference.who),
        "departments": [dict(zip(DEPARTMENT_COLUMNS, row, strict=True)) for row in department_rows(changes)],
    }


def _in_force(difference: DirectoryDifference) -> str:
    if difference.accepted is not None:
        return plural(
            "in force:  {count} agent, {entitled} entitled, read at {at}",
            "in force:  {count} agents, {entitled} entitled, read at {at}",
            len(difference.accepted.agents),
            entitled=difference.verdict.changes.entitled_before,
            at=clock(difference.accepted.read_at),
        )
    if difference.owners:
        return plural(
            "in force:  no roster: the store was lost; {count} person owns a desktop",
            "in force:  no roster: the store was lost; {count} people own a desktop",
            difference.owners,
        )
    return _("in force:  nothing yet: the first reading is believed as it is")


def _directory(agents: int, *, entitled: int, rejected: int) -> str:
    if rejected:
        return plural(
            "directory: {count} agent, {entitled} entitled, {rejected} entries rejected",
            "directory: {count} agents, {entitled} entitled, {rejected} entries rejected",
            agents,
            entitled=entitled,
            rejected=rejected,
        )
    return plural(
        "directory: {count} agent, {entitled} entitled",
        "directory: {count} agents, {entitled} entitled",
        agents,
        entitled=entitled,
    )


def _left(cause: DepartureCause, count: int) -> str:
    match cause:
        case DepartureCause.GONE:
            return plural("{count} gone", "{count} gone", count)
        case DepartureCause.DISABLED:
            return plural("{count} disabled", "{count} disabled", count)
        case DepartureCause.EXPIRED:
            return plural("{count} expired", "{count} expired", count)
        case DepartureCause.UNENTITLED:
            return plural("{count} no longer entitled", "{count} no longer entitled", count)


def _believed(by: str, *, lost: int) -> str:
    if by and lost:
        return plural(
            "the next reading is put in force, by order of {by}; {count} person loses a desktop",
            "the next reading is put in force, by order of {by}; {count} people lose their desktops",
            lost,
            by=by,
        )
    if lost:
        return plural(
            "the next reading is put in force; {count} person loses a desktop",
            "the next reading is put in force; {count} people lose their desktops",
            lost,
        )
    return _("the next reading is put in force, by order of {by}", by=by) if by else _("the next reading is put in force")


def _differences(changed: ChangedAgent) -> Iterator[str]:
    for name in ("login", "display_name", "unit", "department", "site"):
        before, after = getattr(changed.before, name), getattr(changed.after, name)
        if before != after:
            yield field_change(name, before, after)


def _login(changed: ChangedAgent) -> tuple[str, str]:
    return changed.after.login, changed.after.agent_id
