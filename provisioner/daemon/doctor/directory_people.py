"""The people a directory lists, against what is configured: what is missing, misspelt, twice there, or about to change."""

from collections.abc import Collection, Iterable, Iterator
from difflib import get_close_matches

from provisioner.daemon.composition import site_config_of
from provisioner.daemon.doctor.entitlement import entitled
from provisioner.daemon.doctor.findings import Finding, bad, doubtful, good
from provisioner.model.agents import Agent, Rejected, Roster
from provisioner.model.distinguished_names import group_name, is_below, is_dn
from provisioner.model.profiles import Selection
from provisioner.reasons.directory import ID_SHARED, LOGIN_SHARED
from provisioner.settings.directory import DirectorySettings
from provisioner.settings.values import Settings

_SHOWN = 3
"""Rejected entries that are named; `bascule agents` counts the rest by reason."""
_SAME = (
    ("uid", "samaccountname", "userprincipalname"),
    ("entryuuid", "objectguid", "nsuniqueid", "ipauniqueid"),
    ("displayname", "cn"),
    ("mail", "userprincipalname", "rfc822mailbox"),
    ("department", "departmentnumber", "ou"),
    ("l", "physicaldeliveryofficename", "localityname", "site"),
    ("memberof", "ismemberof", "groupmembership"),
    ("useraccountcontrol", "nsaccountlock", "pwdaccountlockedtime", "logindisabled"),
)
"""Attributes that mean the same on different servers; lower case."""


def people(settings: Settings, roster: Roster, *, known: Collection[str]) -> Iterator[Finding]:
    """`known` are names of attributes that entries have; empty where no server could be asked."""
    yield good("directory", f"{len(roster.agents)} agents read")
    yield from _bases(settings.directory, roster)
    if roster.left_out:
        kinds = " and ".join(f"{count} {kind}{'s' if count > 1 else ''}" for kind, count in sorted(roster.left_out.items()))
        yield good("directory", f"{kinds} under the filter: they are no people, and are left out")
    yield from _rejected(roster.rejected)
    yield from groups(settings.directory, roster)
    yield from attributes(settings.directory, roster, known)
    yield from entitled(settings, roster)
    yield from criteria(_selections(settings), roster)


def _bases(settings: DirectorySettings, roster: Roster) -> Iterator[Finding]:
    """Of several bases, who is below which: one that has moved is an empty one."""
    for one in settings.bases:
        agents = sum(is_below(agent.unit, one.base) for agent in roster.agents.values())
        if agents:
            yield good(f"base {one.base}", f"{agents} agents")
        else:
            fix = "correct the base or its filter, or leave the base out"
            yield doubtful(f"base {one.base}", "no agent at all", fix)


def groups(settings: DirectorySettings, roster: Roster) -> Iterator[Finding]:
    """Whether groups are told, and those within groups."""
    known = {group for one in roster.agents.values() for group in one.groups if not is_dn(group)}
    if settings.groups is not None:
        nested = "those within groups too" if settings.groups.nested else "without those within groups"
        yield good("groups", f"{len(known)} groups of agents, {nested}")
    elif known:
        text = f"{len(known)} groups of agents, as their own entries list them: groups within groups count where those do"
        yield good("groups", text)


def identity(settings: DirectorySettings, known: Collection[str]) -> Iterator[Finding]:
    """The two attributes without which nobody is an agent, where entries could be looked at."""
    if not known:
        return
    there, names = {one.lower() for one in known}, settings.attributes
    for key, name in (("agent_id", names.agent_id), ("login", names.login)):
        if name.lower() not in there:
            text = f"no entry looked at has {name}, which directory.attributes.{key} names: nobody is an agent without"
            yield bad("attributes", text, _instead(name, known))


def attributes(settings: DirectorySettings, roster: Roster, known: Collection[str]) -> Iterator[Finding]:
    """Which configured attributes agents lack; one that nobody has is probably misspelt."""
    total = len(roster.agents)
    for name, key, has in _read(settings, roster):
        if has == 0:
            text = f"nobody has {name}, which {key} names"
            yield doubtful("attributes", text, _instead(name, known))
        elif has < total:
            yield good("attributes", f"{total - has} of {total} agents have no {name}")
    enabled = settings.attributes.enabled
    if enabled and known and enabled.lower() not in {one.lower() for one in known}:
        text = f"no entry looked at has {enabled}, which directory.attributes.enabled names: all count as enabled"
        yield doubtful("attributes", text, _instead(enabled, known))


def _read(settings: DirectorySettings, roster: Roster) -> Iterator[tuple[str, str, int]]:
    """Each attribute that is read and can be lacking: its name, the key that names it, and how many have it."""
    names, agents = settings.attributes, roster.agents.values()
    single = (
        ("display_name", names.display_name, sum(one.display_name != one.login for one in agents)),
        ("mail", names.mail, sum(bool(one.mail) for one in agents)),
        ("department", names.department, sum(bool(one.department) for one in agents)),
        ("site", names.site, sum(bool(one.site) for one in agents)),
        ("groups", names.groups, sum(bool(one.groups) for one in agents)),
    )
    yield from ((name, f"directory.attributes.{key}", has) for key, name, has in single if name)
    for name in names.extra:
        has = sum(bool(one.attributes.get(name.lower())) for one in agents)
        yield name, "directory.attributes.extra", has


def _instead(name: str, known: Collection[str]) -> str:
    by_lower = {one.lower(): one for one in known}
    if name.lower() in by_lower:
        return f"{name} is there, and empty or of a form that is not read: look at an entry"
    alike = next((group for group in _SAME if name.lower() in group), ())
    close = [*(one for one in alike if one in by_lower), *get_close_matches(name.lower(), by_lower, n=2, cutoff=0.7)]
    if close:
        return f"did you mean {' or '.join(dict.fromkeys(by_lower[one] for one in close))}?"
    if name.lower() == "memberof":
        return "load the server's memberOf overlay, let this account read it, or set directory.groups with `members: member`"
    return "correct the name, leave it empty, or let this account read it"


def criteria(selections: Iterable[tuple[str, Selection]], roster: Roster) -> Iterator[Finding]:
    """Values by which agents are selected, and which nobody has."""
    agents = tuple(roster.agents.values())
    for where, selection in selections:
        for what, wanted, found in _values(selection, agents):
            for value in sorted(wanted - found):
                yield doubtful(where, f"nobody has the {what} '{value}'", _meant(value, found))
        for unit in sorted(selection.units):
            if not any(is_below(one.unit, unit) for one in agents):
                yield doubtful(where, f"nobody is below '{unit}'", "correct it, or check the bases: it must lie below one")


def _meant(value: str, found: Collection[str]) -> str:
    if is_dn(value) and any(group_name(value) == one.casefold() for one in found):
        return "there is a group of this name elsewhere: correct the DN, or write the name alone"
    close = get_close_matches(value, found, n=1, cutoff=0.6)
    return f"did you mean '{close[0]}'?" if close else "correct it, or wait for the directory to have it"


def _values(selection: Selection, agents: Collection[Agent]) -> Iterator[tuple[str, frozenset[str], set[str]]]:
    yield "group", selection.groups, {group for one in agents for group in one.groups}
    yield "department", selection.departments, {one.department for one in agents}
    yield "site", selection.sites, {one.site for one in agents}
    yield "login", selection.logins, {one.login for one in agents}
    for name, wanted in selection.attributes:
        yield name, wanted, {value for one in agents for value in one.attributes.get(name, ())}


def _selections(settings: Settings) -> Iterator[tuple[str, Selection]]:
    for index, one in enumerate(settings.entitlements, start=1):
        yield f"entitlement {index}, profile {one.profile}", one.who
    for wave in site_config_of(settings).scenario.waves:
        yield f"wave {wave.name}", wave.who


def _rejected(ones: Collection[Rejected]) -> Iterator[Finding]:
    twice = [one for one in ones if one.reason.code in (ID_SHARED.code, LOGIN_SHARED.code)]
    for title, these, fix in (
        ("entries share a login or an id", twice, "decide in the directory whose it is: until then neither is a newcomer's"),
        ("entries are unusable", [one for one in ones if one not in twice], "mend the entries, or narrow the filter"),
    ):
        if these:
            shown = "; ".join(f"{one.entry} {one.reason}" for one in these[:_SHOWN])
            more = "; …" if len(these) > _SHOWN else ""
            yield doubtful("directory", f"{len(these)} {title}: {shown}{more}", fix)
