"""The card of one person: the sentence, what may be ordered, and the rest."""

from dataclasses import dataclass

from provisioner.model.people.agents import Rejected
from provisioner.model.status import DesktopState
from provisioner.reasons import person
from provisioner.reasons.reason import Reason, as_reason
from provisioner.views.agents import AgentDocument, AgentStanding, agent_document
from provisioner.views.connections import ConnectionDocument
from provisioner.views.desktops import DesktopDocument, desktop_document
from provisioner.views.journal import JournalLine
from provisioner.views.lent import LentDocument
from provisioner.views.person.ages import Ages
from provisioner.views.person.clause import Basis, Clause, Standing
from provisioner.views.person.commands import CommandDocument, commands_for
from provisioner.views.person.facts import Facts
from provisioner.views.person.having import of_having
from provisioner.views.person.history import history_of, theirs_since
from provisioner.views.person.lacking import of_lacking
from provisioner.views.published import Published
from provisioner.views.reasons import ReasonDocument, reason_document, reason_or_none
from provisioner.views.rotation import PersonRotationDocument
from provisioner.views.times import stamp, stamp_or_none
from provisioner.views.why.past import Journal


@dataclass(frozen=True, slots=True, kw_only=True)
class OnDocument:
    """Somebody who is logged on to the desktop."""

    login: str
    state: str
    """`connected` or `disconnected`."""
    since: str
    own: bool
    """Whether it is the person that the card is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierDocument:
    """A desktop of the person that is not used any more."""

    desktop: str
    node: str
    phase: str
    quarantined: bool
    since: str | None
    """Since when it is not used; None: not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardDocument:
    """One person."""

    says: ReasonDocument
    """One sentence, to be read aloud."""
    standing: str
    """`ready`; `soon`: made, started or handed over; `later`: at a time that is planned; `waits`: something is in the way;
    `hangs`; `failed`; `unknown`: whether it can be used is not known; `none`: nothing gives this person one."""
    in_the_way: bool
    """Whether something that is not a plan stands between the person and a desktop, or what is known is old."""
    commands: tuple[CommandDocument, ...]
    """What may be ordered now, in the order in which it should be tried."""
    agent: AgentDocument | None
    """None: the entry in the directory cannot be used."""
    desktop: DesktopDocument | None
    """The desktop that the person uses: one that is lent, else their own; None: there is none."""
    theirs_since: str | None
    """When that became theirs; None: there is none."""
    connection: ConnectionDocument | None
    """Where to connect to; None: there is no desktop."""
    lent: LentDocument | None
    """The desktop of a pool that is lent to the person, kept for them or in doubt; None: there is none."""
    on: tuple[OnDocument, ...] | None
    """Who is logged on to the desktop; None: not known, or there is none."""
    opens_at: str | None
    """When the person's turn is, or was; None: not foreseen."""
    due_at: str | None
    """By when the person is to have it; None: no deadline."""
    half_days: PersonRotationDocument | None
    """The person's half-days of a rotation; None: there are none."""
    earlier: tuple[EarlierDocument, ...]
    """Desktops of the person that are not used any more."""
    entry: ReasonDocument | None
    """What is wrong with the person's entry in the directory; None: nothing."""
    read_at: str | None
    """When the directory in force was read; None: never."""
    journal: tuple[JournalLine, ...]
    """What was done with this desktop since it is theirs, newest first."""


def card_of_entry(published: Published, entry: Rejected, ages: Ages) -> CardDocument:
    """Of somebody whose entry in the directory cannot be used."""
    clause = Clause(Standing.NONE, person.REJECTED(why=entry.reason), Basis.DIRECTORY)
    says, _ = _sentence(entry.login or entry.entry, clause, ages, None)
    return _without_agent(published, says, clause, entry)


def card_of_agent(
    published: Published, standing: AgentStanding, ages: Ages, journal: Journal, *, entry: Rejected | None
) -> CardDocument:
    """Of an agent of the roster in force; `entry`: the entry of the person that cannot be used, if there is one."""
    facts = Facts(published=published, standing=standing, ages=ages)
    state = facts.state
    clause = of_lacking(facts) if state is None else of_having(facts, state)
    whole = Clause(clause.standing, _after_a_loss(facts, clause.says), clause.ground)
    says, old = _sentence(standing.agent.display_name, whole, ages, state)
    return _of_agent(facts, says, clause, journal, old=old, entry=entry)


def _sentence(name: str, clause: Clause, ages: Ages, state: DesktopState | None) -> tuple[Reason, bool]:
    """With how old what it rests on is; and whether that is old."""
    says = person.SAYS(name=name, what=clause.says)
    if clause.ground is Basis.PLAN and not ages.hangs:
        return says, False
    cluster = None if state is None else state.reservation.cluster
    return ages.dated(says, cluster, of_directory=clause.ground is Basis.DIRECTORY)


def _after_a_loss(facts: Facts, says: Reason) -> Reason:
    """What became of the desktop that the person had before comes first: that is what they call about."""
    if facts.lent is not None or not facts.earlier:
        return says
    old = max(facts.earlier, key=lambda state: (facts.unused_since(state) or 0.0, state.reservation.name))
    since = facts.unused_since(old)
    if since is None:
        return says
    kind = person.KEPT_ASIDE if old.quarantined else person.REPLACED
    return kind(old=old.reservation.name, at=facts.in_text(since), then=says)


def _without_agent(published: Published, says: Reason, clause: Clause, entry: Rejected) -> CardDocument:
    status = published.status
    return CardDocument(
        says=reason_document(says),
        standing=clause.standing.value,
        in_the_way=True,
        commands=(),
        agent=None,
        desktop=None,
        theirs_since=None,
        connection=None,
        lent=None,
        on=None,
        opens_at=None,
        due_at=None,
        half_days=None,
        earlier=(),
        entry=reason_document(entry.reason),
        read_at=None if status.roster is None else stamp(status.roster.read_at),
        journal=(),
    )


def _of_agent(
    facts: Facts, says: Reason, clause: Clause, journal: Journal, *, old: bool, entry: Rejected | None
) -> CardDocument:
    status, state, want, later = facts.status, facts.state, facts.want, facts.not_wanted
    then = want if want is not None or later is None else later.then
    return CardDocument(
        says=reason_document(says),
        standing=(Standing.UNKNOWN if old else clause.standing).value,
        in_the_way=clause.in_the_way or old,
        commands=commands_for(facts, clause),
        agent=agent_document(facts.standing),
        desktop=None if state is None else desktop_document(facts.published, state),
        theirs_since=None if state is None else stamp(theirs_since(facts)),
        connection=None if state is None else facts.connection,
        lent=facts.lease,
        on=_on(state),
        opens_at=stamp_or_none(later.opens_at if later is not None else None if want is None else want.opens_at),
        due_at=stamp_or_none(None if then is None else then.next_due_at),
        half_days=facts.half_days,
        earlier=tuple(_earlier(facts, each) for each in facts.earlier),
        entry=reason_or_none("" if entry is None else as_reason(entry.reason)),
        read_at=None if status.roster is None else stamp(status.roster.read_at),
        journal=history_of(facts, journal),
    )


def _on(state: DesktopState | None) -> tuple[OnDocument, ...] | None:
    if state is None or state.sessions is None:
        return None
    strangers = state.strangers
    return tuple(
        OnDocument(login=session.login, state=session.state.value, since=stamp(session.since), own=session not in strangers)
        for session in sorted(state.sessions, key=lambda session: (session.since, session.login))
    )


def _earlier(facts: Facts, state: DesktopState) -> EarlierDocument:
    return EarlierDocument(
        desktop=state.reservation.name,
        node=state.node,
        phase=state.phase.value,
        quarantined=state.quarantined,
        since=stamp_or_none(facts.unused_since(state)),
    )


__all__ = ["CardDocument", "card_of_agent", "card_of_entry"]
