"""`bascule check directory`: the servers, the people, and how both stand to what is configured. Nothing is changed anywhere."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from provisioner.adapters.ldap.server_facts import BaseFacts, ServerFacts, ServerKind, look_at
from provisioner.daemon.composition import Outside
from provisioner.daemon.doctor.directory_people import identity, people
from provisioner.daemon.doctor.findings import Finding, bad, doubtful, good
from provisioner.daemon.roster_diff import DirectoryDifference, difference_of, measured_reading
from provisioner.errors import DirectoryError, DirectoryUnavailable
from provisioner.model.agents import Roster
from provisioner.model.ids import Instant
from provisioner.ports import Clock
from provisioner.settings.directory import DirectorySettings
from provisioner.settings.values import Settings

CERTIFICATE_DAYS = 30
"""A renewal goes through an authority and a change window: a month is time for both."""
CLOCK_S = 60.0
"""Clocks kept by NTP differ by milliseconds; a minute is a clock nobody keeps. Kerberos itself gives up at five."""
_DAY_S = 86_400.0


def examine_directory(settings: Settings, outside: Outside, *, clock: Clock) -> tuple[Finding, ...]:
    """All findings, the servers' first. Raises StoreError."""
    servers, findings = _servers(settings.directory, clock)
    names = frozenset(name for one in servers for base in one.bases for name in base.attributes)
    findings += identity(settings.directory, names)
    memory = outside.store.load()
    try:
        roster = measured_reading(outside, memory)
    except DirectoryError as error:
        return (*findings, bad("directory", str(error), fix_for_directory(error)))
    difference = difference_of(settings, memory, roster, now=clock.now())
    told = _changes(settings.directory, roster, {one.url: one.kind for one in servers})
    return (*findings, *told, *people(settings, roster, known=names), *_in_force(difference))


def fix_for_directory(error: DirectoryError) -> str:
    """What to do about a directory that cannot be read."""
    said = str(error)
    fixes = (
        ("certificate is refused", "renew the certificate, call the server by the name in it, or correct directory.ca_file"),
        ("no TLS connection", "check that the port speaks TLS, 1.2 or newer: ldaps:// means 636, `tls: starttls` means 389"),
        ("CA file", "correct directory.ca_file"),
        ("the bind as", "check directory.bind_dn and password, and that the account is neither locked nor expired"),
        ("no whole answer within", "look at that server and the network to it, or raise directory.reading_timeout"),
        ("the reading was given up", "look at that server: what it sends is no list of people; or narrow base and filter"),
        ("limit", "let this account read without limit, in pages"),
        ("groups are called", "write the DN of the group that is meant under groups: of entitlements and waves"),
        ("behind the state in force", "let it catch up; restored on purpose: `bascule directory accept`"),
        ("nobody has", "give this account the right to read it again, or leave it out of directory.attributes"),
        ("noSuchObject", "correct the base: nothing has that name, or this account may not see it"),
        ("no LDAP filter", "correct directory.filter"),
    )
    usual = "check directory.urls, the network, and that the server runs"
    otherwise = usual if isinstance(error, DirectoryUnavailable) else "check directory.base, filter and attributes"
    return next((fix for words, fix in fixes if words in said), otherwise)


def _servers(settings: DirectorySettings, clock: Clock) -> tuple[list[ServerFacts], list[Finding]]:
    """Every address, not only the one that a reading would take: a spare is of use only while it works."""
    if settings.ldif is not None:
        return [], [good("directory", f"a file, {settings.ldif}: no server to look at")]
    seen: list[ServerFacts] = []
    findings: list[Finding] = []
    failed: dict[str, DirectoryError] = {}
    places = [(one.base, one.filter) for one in settings.places]
    for url in settings.urls:
        try:
            facts = look_at(url, settings, bases=places, clock=clock)
        except DirectoryError as error:
            failed[url] = error
            continue
        seen.append(facts)
        findings += server(facts, now=clock.now())
    grade = doubtful if seen else bad
    lost = [
        grade(f"server {url}", str(error).removeprefix(f"{url}: "), fix_for_directory(error)) for url, error in failed.items()
    ]
    return seen, [*lost, *findings]


def _changes(settings: DirectorySettings, roster: Roster, kinds: Mapping[str, ServerKind]) -> Iterator[Finding]:
    """Whether readings take in what has changed alone, and why not."""
    if settings.ldif is not None:
        return
    every, full = f"{settings.interval_s / _MINUTE_S:g} min", f"{settings.full_interval_s / _MINUTE_S:g} min"
    fix = _TO_TELL_CHANGES.get(kinds.get(roster.source, ServerKind.OTHER))
    if settings.full_interval_s <= settings.interval_s:
        yield good("changes", f"everything is read every {every}, as directory.full_interval says")
    elif roster.mark is not None:
        yield good("changes", f"{roster.source} tells what has changed: that is read every {every}, everything every {full}")
    elif fix is None:
        yield good("changes", f"{roster.source} does not tell what has changed: everything is read every {every}")
    else:
        yield doubtful("changes", f"{roster.source} does not tell what has changed: everything is read every {every}", fix)


_TO_TELL_CHANGES = {
    ServerKind.OPENLDAP: "load the syncprov overlay, let this account read contextCSN and entryUUID of the suffix, and keep "
    "all bases below one suffix",
    ServerKind.ACTIVE_DIRECTORY: "let this account read invocationId of the server's NTDS Settings",
    ServerKind.SAMBA: "let this account read invocationId of the server's NTDS Settings",
}
_MINUTE_S = 60.0


def _in_force(seen: DirectoryDifference) -> Iterator[Finding]:
    """How the reading stands to the roster in force, and what the guard makes of it."""
    before = f"{len(seen.accepted.agents)} agents" if seen.accepted else "none yet"
    changes, held = seen.verdict.changes, seen.verdict.quarantine
    if held is not None:
        fix = "`bascule directory diff` names them; an accident: put it right; meant: `bascule directory accept`"
        yield bad("roster in force", f"{before}; this reading is held back: {held.words}", fix)
        return
    text = f"{before}; by this reading {len(changes.left)} entitled would leave and {len(changes.joined)} join: it is believed"
    if changes.left:
        yield doubtful(
            "roster in force", text, "`bascule directory diff` names them: their desktops go down the leavers' ladder"
        )
    else:
        yield good("roster in force", text)


def server(facts: ServerFacts, *, now: Instant) -> Iterator[Finding]:
    """What one server's own facts come to."""
    subject = f"server {facts.url}"
    yield good(subject, f"{' '.join(filter(None, (facts.kind.value, facts.version)))} answers")
    yield from _way(subject, facts, now)
    yield _bind(subject, facts)
    yield _clock(subject, facts.clock_ahead_s)
    for base in facts.bases:
        yield from _base(subject, base)
    yield from _pages(subject, facts)


def _way(subject: str, facts: ServerFacts, now: Instant) -> Iterator[Finding]:
    if not facts.tls:
        text = "the connection is in clear: whoever listens reads password and names"
        yield doubtful(subject, text, "use ldaps://, or `tls: starttls`; in clear only to this machine itself")
        return
    yield good(subject, f"protected by {facts.tls}, certificate and name checked")
    if facts.certificate_ends is None:
        return
    days = (facts.certificate_ends - now) / _DAY_S
    ends = datetime.fromtimestamp(facts.certificate_ends, UTC)
    text = f"its certificate ends on {ends:%Y-%m-%d}, in {days:.0f} day{'' if round(days) == 1 else 's'}"
    yield good(subject, text) if days >= CERTIFICATE_DAYS else doubtful(subject, text, "renew it: no reading is accepted after")


def _bind(subject: str, facts: ServerFacts) -> Finding:
    if facts.bound_as is None:
        return good(subject, "bound as configured; the server does not say as whom")
    if not facts.bound_as:
        return doubtful(subject, "bound as nobody", "give it an account of its own that reads and nothing else")
    return good(subject, f"bound as {facts.bound_as}")


def _clock(subject: str, ahead: float | None) -> Finding:
    if ahead is None:
        return good(subject, "tells no time that could be compared with ours")
    if abs(ahead) <= CLOCK_S:
        return good(subject, f"its clock and ours differ by less than {CLOCK_S:.0f} s")
    words = "ahead of" if ahead > 0 else "behind"
    text = f"its clock is {abs(ahead):.0f} s {words} ours: accounts expire, and certificates with them, at another moment"
    return doubtful(subject, text, "let both follow the same NTP servers")


def _base(subject: str, base: BaseFacts) -> Iterator[Finding]:
    if base.problem:
        text = f"below '{base.base}' with {base.filter} nothing can be read: {base.problem}"
        yield bad(subject, text, "correct the base or filter, or give the account the right to read there")
    elif not base.attributes:
        text = f"nothing below '{base.base}' matches {base.filter}"
        yield bad(subject, text, "correct the base or filter; a server may also hide what this account may not read")


def _pages(subject: str, facts: ServerFacts) -> Iterator[Finding]:
    limits = [base.unpaged_limit for base in facts.bases if base.unpaged_limit is not None]
    if facts.paged:
        more = f"; without pages it ends an answer after {min(limits)} entries" if limits else ""
        yield good(subject, f"gives answers in pages{more}")
    elif limits:
        text = f"ends an answer after {min(limits)} entries, and gives none in pages"
        yield bad(subject, text, "raise the size limit for this account, or let the server give paged results")
    else:
        text = "gives no answers in pages: one size limit, set later, would end every reading"
        yield doubtful(subject, text, "let the server give paged results")
