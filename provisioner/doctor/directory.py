"""`bascule check directory`: check the servers and the people against the configuration. Nothing is changed."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime

from provisioner.adapters.ldap.server_facts import BaseFacts, ServerFacts, ServerKind, look_at
from provisioner.daemon.composition import OutsideSystems
from provisioner.daemon.roster_diff import DirectoryDifference, difference_of, measured_reading
from provisioner.daemon.system_clock import SystemClock
from provisioner.doctor.directory_people import identity, people, switches, unseen
from provisioner.doctor.entitlement import at_last
from provisioner.doctor.findings import Finding, bad, doubtful, good
from provisioner.errors import DirectoryError, DirectoryUnavailable
from provisioner.model.ids import Instant
from provisioner.model.people.agents import Roster
from provisioner.ports import Clock
from provisioner.reasons import reading, subjects
from provisioner.reasons import servers as words
from provisioner.reasons.grouping import codes_of
from provisioner.reasons.reason import Reason
from provisioner.settings.directory import DirectorySettings
from provisioner.settings.values import Settings

CERTIFICATE_DAYS = 30
"""A month is enough to get a new certificate and install it in a change window."""
CLOCK_S = 60.0
"""Clocks with NTP differ by milliseconds; a minute means a clock without NTP. Kerberos fails from five minutes on."""
_DAY_S = 86_400.0


def examine_directory(settings: Settings, outside: OutsideSystems, *, clock: Clock) -> tuple[Finding, ...]:
    """All findings, about servers first. Raises StoreError."""
    servers, findings = _servers(settings.directory, clock)
    names = frozenset(name for facts in servers for base in facts.bases for name in base.attributes)
    absent = frozenset[str].intersection(*(facts.absent for facts in servers)) if servers else frozenset[str]()
    findings += identity(settings.directory, names)
    records = outside.store.load()
    try:
        roster = measured_reading(outside, records)
    except DirectoryError as error:
        return (*findings, bad(subjects.DIRECTORY(), directory_fault(error)))
    difference = difference_of(settings, records, roster, now=clock.now())
    changes = _changes(settings.directory, roster, {facts.url: facts.kind for facts in servers})
    # Ceilings are no matter of the directory, and what others use of them is not asked for here.
    after = at_last(settings, roster, records=records, ceilings=())
    return (*findings, *changes, *people(settings, roster, after, known=names, absent=absent), *_in_force(difference))


def examine_attributes(settings: Settings, roster: Roster) -> Iterator[Finding]:
    """Attributes of the configuration that nobody has. Looks once more at the server that the roster is from."""
    known, absent = frozenset[str](), frozenset[str]()
    directory = settings.directory
    if roster.source in directory.urls:
        places = [(place.base, place.filter) for place in directory.places]
        with suppress(DirectoryError):  # it has just been read
            facts = look_at(roster.source, directory, bases=places, clock=SystemClock(), asked=switches(directory))
            known, absent = frozenset(name for base in facts.bases for name in base.attributes), facts.absent
    yield from unseen(settings, roster, known=known, absent=absent)


def directory_fault(error: DirectoryError, *, of: str = "") -> Reason:
    """Why a directory cannot be read, and what to do. `of`: an address to leave out of the text."""
    reason, codes = error.reason, set(codes_of(error.reason))
    fault = words.DIRECTORY_DOWN if isinstance(error, DirectoryUnavailable) else words.DIRECTORY_FAILS
    if "noSuchObject" in reason:  # LDAP's word for a result
        fault = words.NO_SUCH_BASE
    fault = next((fault for kind, fault in _FAULTS if kind.code in codes), fault)
    if reason.code == reading.OF_SOURCE.code and reason.arguments["source"] == of:
        return fault(said=reason.arguments["why"])
    return fault(said=reason)


_FAULTS = (
    (reading.CERTIFICATE_REFUSED_BY_US, words.CERTIFICATE_REFUSED),
    (reading.NO_TLS_CONNECTION, words.NO_TLS),
    (reading.CA_FILE_AT, words.CA_FILE),
    (reading.BIND_REFUSED_AS, words.BIND_REFUSED),
    (reading.BIND_WAITS, words.BIND_REFUSED),
    (reading.DEADLINE_PASSED, words.READING_SLOW),
    (reading.GIVEN_UP, words.READING_GIVEN_UP),
    (reading.LIMITED, words.SIZE_LIMIT),
    (reading.GROUPS_SAME_NAME, words.GROUPS_ALIKE),
    (reading.BEHIND, words.SERVER_BEHIND),
    (reading.VALUES_LOST, words.ATTRIBUTE_LOST),
    (reading.FILTER_UNREADABLE, words.FILTER_WRONG),
)
"""By a kind in the error's reason; the first that matches counts."""


def _servers(settings: DirectorySettings, clock: Clock) -> tuple[list[ServerFacts], list[Finding]]:
    """Check every address, not only the first: a spare server must work too."""
    if settings.ldif is not None:
        return [], [good(subjects.DIRECTORY(), words.FROM_FILE(path=str(settings.ldif)))]
    answering: list[ServerFacts] = []
    findings: list[Finding] = []
    failed: dict[str, DirectoryError] = {}
    places = [(place.base, place.filter) for place in settings.places]
    for url in settings.urls:
        try:
            facts = look_at(url, settings, bases=places, clock=clock, asked=switches(settings))
        except DirectoryError as error:
            failed[url] = error
            continue
        answering.append(facts)
        findings += server(facts, now=clock.now())
    grade = doubtful if answering else bad
    lost = [grade(subjects.SERVER(url=url), directory_fault(error, of=url)) for url, error in failed.items()]
    return answering, [*lost, *findings]


def _changes(settings: DirectorySettings, roster: Roster, kinds: Mapping[str, ServerKind]) -> Iterator[Finding]:
    """Whether only changes are read, and if not, why."""
    if settings.ldif is not None:
        return
    every, full = settings.interval_s / _MINUTE_S, settings.full_interval_s / _MINUTE_S
    untold = _CHANGES_UNTOLD.get(kinds.get(roster.source, ServerKind.OTHER))
    if settings.full_interval_s <= settings.interval_s:
        yield good(subjects.CHANGES(), words.ALL_READ(every_min=every))
    elif roster.mark is not None:
        yield good(subjects.CHANGES(), words.CHANGES_READ(source=roster.source, every_min=every, full_min=full))
    elif untold is None:
        yield good(subjects.CHANGES(), words.CHANGES_UNTOLD(source=roster.source, every_min=every))
    else:
        yield doubtful(subjects.CHANGES(), untold(source=roster.source, every_min=every))


_CHANGES_UNTOLD = {
    ServerKind.OPENLDAP: words.CHANGES_OPENLDAP,
    ServerKind.ACTIVE_DIRECTORY: words.CHANGES_NTDS,
    ServerKind.SAMBA: words.CHANGES_NTDS,
}
_MINUTE_S = 60.0


def _in_force(difference: DirectoryDifference) -> Iterator[Finding]:
    """The reading compared with the roster in force, and the guard's judgement."""
    before = words.AGENTS(count=len(difference.accepted.agents)) if difference.accepted else words.NONE_YET()
    changes, held = difference.verdict.changes, difference.verdict.quarantine
    if held is not None:
        yield bad(subjects.ROSTER_IN_FORCE(), words.READING_HELD(before=before, why=held.words))
        return
    text = words.READING_BELIEVED(before=before, left=len(changes.left), joined=len(changes.joined))
    yield (doubtful if changes.left else good)(subjects.ROSTER_IN_FORCE(), text)


def server(facts: ServerFacts, *, now: Instant) -> Iterator[Finding]:
    """Findings about one server."""
    subject = subjects.SERVER(url=facts.url)
    yield good(subject, words.ANSWERS(server=_product(facts)))
    yield from _way(subject, facts, now)
    yield _bind(subject, facts)
    yield _clock(subject, facts.clock_ahead_s)
    for base in facts.bases:
        yield from _base(subject, base)
    yield from _pages(subject, facts)


def _product(facts: ServerFacts) -> str:
    product = words.OTHER_SERVER() if facts.kind is ServerKind.OTHER else facts.kind.value
    return words.SERVER_VERSION(server=product, version=facts.version) if facts.version else product


def _way(subject: Reason, facts: ServerFacts, now: Instant) -> Iterator[Finding]:
    if not facts.tls:
        yield doubtful(subject, words.IN_CLEAR())
        return
    yield good(subject, words.PROTECTED(tls=facts.tls))
    if facts.certificate_ends is None:
        return
    days = (facts.certificate_ends - now) / _DAY_S
    ends = datetime.fromtimestamp(facts.certificate_ends, UTC)
    ending = words.CERTIFICATE_ENDS_SOON if round(days) == 1 else words.CERTIFICATE_ENDS
    yield (good if days >= CERTIFICATE_DAYS else doubtful)(subject, ending(date=f"{ends:%Y-%m-%d}", days=days))


def _bind(subject: Reason, facts: ServerFacts) -> Finding:
    if facts.bound_as is None:
        return good(subject, words.BOUND_UNSAID())
    if not facts.bound_as:
        return doubtful(subject, words.BOUND_AS_NOBODY())
    return good(subject, words.BOUND(name=facts.bound_as))


def _clock(subject: Reason, ahead: float | None) -> Finding:
    if ahead is None:
        return good(subject, words.NO_CLOCK())
    if abs(ahead) <= CLOCK_S:
        return good(subject, words.CLOCK_RIGHT(limit_s=CLOCK_S))
    return doubtful(subject, (words.CLOCK_AHEAD if ahead > 0 else words.CLOCK_BEHIND)(by_s=abs(ahead)))


def _base(subject: Reason, base: BaseFacts) -> Iterator[Finding]:
    if base.problem:
        yield bad(subject, words.BASE_UNREAD(base=base.base, filter=base.filter, said=base.problem))
    elif not base.attributes:
        yield bad(subject, words.BASE_EMPTY(base=base.base, filter=base.filter))


def _pages(subject: Reason, facts: ServerFacts) -> Iterator[Finding]:
    limits = [base.unpaged_limit for base in facts.bases if base.unpaged_limit is not None]
    if facts.paged:
        yield good(subject, words.PAGES_OR_LIMIT(limit=min(limits)) if limits else words.PAGES())
    elif limits:
        yield bad(subject, words.NO_PAGES_LIMIT(limit=min(limits)))
    else:
        yield doubtful(subject, words.NO_PAGES())
