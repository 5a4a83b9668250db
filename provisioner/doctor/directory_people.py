"""Check the people of a directory against the configuration: missing, misspelt or shared values."""

from collections.abc import Callable, Collection, Iterable, Iterator
from difflib import get_close_matches
from functools import partial

from provisioner.daemon.composition import site_config_of
from provisioner.doctor.entitlement import AtLast, entitled
from provisioner.doctor.findings import Finding, bad, doubtful, good
from provisioner.model.people.agents import Agent, NoPerson, Rejected, Roster
from provisioner.model.people.distinguished_names import group_name, is_below, is_dn
from provisioner.model.people.profiles import Selection
from provisioner.reasons import people as words
from provisioner.reasons import rotation as of_rotation
from provisioner.reasons import servers, subjects
from provisioner.reasons.directory import ID_SHARED, LOGIN_SHARED
from provisioner.reasons.reason import ALL, ANY, Reason, join_reasons
from provisioner.settings.directory import DirectoryAttributes, DirectorySettings
from provisioner.settings.values import Settings

_SHOWN = 3
"""Rejected entries to name; `bascule agent list` counts all by reason."""
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
"""Attributes with the same meaning on different servers; lower case."""
_OF_A_MOMENT = frozenset({"entrydn", "entryid", "entrycsn", "parentid", "distinguishedname", "modifytimestamp", "usnchanged"})
"""What says where an entry is just now, or when it changed: nobody's id or login, however alike its name is; lower case."""


def people(
    settings: Settings, roster: Roster, after: AtLast, *, known: Collection[str], absent: Collection[str]
) -> Iterator[Finding]:
    """`known`: names of attributes that entries have; empty if no server could be read. `absent`: of `switches`, those that no
    entry has."""
    yield good(subjects.DIRECTORY(), servers.AGENTS_READ(count=len(roster.agents)))
    yield from _bases(settings.directory, roster)
    if roster.left_out:
        yield good(subjects.DIRECTORY(), servers.LEFT_OUT(kinds=join_reasons(_left_out(roster), ALL)))
    yield from _rejected(roster.rejected)
    yield from groups(settings.directory, roster)
    yield from attributes(settings.directory, roster, known)
    yield from without_switches(settings.directory, known=known, absent=absent)
    yield from entitled(settings, roster, after)
    yield from criteria(selections(settings), roster)


def _left_out(roster: Roster) -> Iterator[Reason]:
    for kind, count in sorted(roster.left_out.items()):
        single, several = _NO_PEOPLE[kind]
        yield (several if count > 1 else single)(count=count)


_NO_PEOPLE = {
    NoPerson.COMPUTER: (servers.COMPUTER, servers.COMPUTERS),
    NoPerson.SERVICE_ACCOUNT: (servers.SERVICE_ACCOUNT, servers.SERVICE_ACCOUNTS),
}


def _bases(settings: DirectorySettings, roster: Roster) -> Iterator[Finding]:
    """Agents below each base: a base that was moved has none."""
    for place in settings.bases:
        agents = sum(is_below(agent.unit, place.base) for agent in roster.agents.values())
        if agents:
            yield good(subjects.BASE(base=place.base), servers.AGENTS(count=agents))
        else:
            yield doubtful(subjects.BASE(base=place.base), servers.NO_AGENT())


def groups(settings: DirectorySettings, roster: Roster) -> Iterator[Finding]:
    """Whether groups are known, and nested groups."""
    known = {group for agent in roster.agents.values() for group in agent.groups if not is_dn(group)}
    if settings.groups is not None:
        text = servers.GROUPS_NESTED if settings.groups.nested else servers.GROUPS_FLAT
        yield good(subjects.GROUPS(), text(count=len(known)))
    elif known:
        yield good(subjects.GROUPS(), servers.GROUPS_LISTED(count=len(known)))


def identity(settings: DirectorySettings, known: Collection[str]) -> Iterator[Finding]:
    """The two attributes that every agent needs. Only if entries could be read."""
    if not known:
        return
    there, names = {name.lower() for name in known}, settings.attributes
    for key, name in (("agent_id", names.agent_id), ("login", names.login)):
        if name.lower() not in there:
            lasting = [each for each in known if each.lower() not in _OF_A_MOMENT]
            yield bad(subjects.ATTRIBUTES(), words.IDENTITY_UNSEEN(name=name, key=key), _instead(name, lasting))


def attributes(settings: DirectorySettings, roster: Roster, known: Collection[str]) -> Iterator[Finding]:
    """Configured attributes that agents lack. An attribute that no agent has is probably misspelt."""
    total = len(roster.agents)
    for name, key, has in _read(settings, roster):
        if has == 0:
            yield doubtful(subjects.ATTRIBUTES(), words.ATTRIBUTE_UNSEEN(name=name, key=key), _instead(name, known))
        elif has < total:
            yield good(subjects.ATTRIBUTES(), words.ATTRIBUTE_SOME(count=total - has, of=total, name=name))


def unseen(settings: Settings, roster: Roster, *, known: Collection[str], absent: Collection[str]) -> Iterator[Finding]:
    """Attributes that nobody has: those that were named, or that a selection needs.

    `known` and `absent`: as for `people`. What a directory may well do without is left out.
    """
    names, usual, needed = settings.directory.attributes, DirectoryAttributes(), {*_needed(settings)}
    for name, key, has in _read(settings.directory, roster) if roster.agents else ():
        field = key.rpartition(".")[2]
        if not has and (getattr(names, field) != getattr(usual, field) or field in needed):
            yield doubtful(subjects.ATTRIBUTES(), words.ATTRIBUTE_UNSEEN(name=name, key=key), _instead(name, known))
    yield from without_switches(settings.directory, known=known, absent=absent)


def without_switches(settings: DirectorySettings, *, known: Collection[str], absent: Collection[str]) -> Iterator[Finding]:
    """Those of `switches` that no entry has: nobody is left out by them."""
    names = settings.attributes
    for name, said in ((names.enabled, words.ENABLED_UNSEEN), (names.end_date, words.END_DATE_UNSEEN)):
        if name in absent:
            yield doubtful(subjects.ATTRIBUTES(), said(name=name), _instead(name, known))


def switches(settings: DirectorySettings) -> frozenset[str]:
    """The attributes that say who is not an agent any more: of an agent nothing shows whether they are there."""
    return frozenset({settings.attributes.enabled, settings.attributes.end_date} - {""})


def _needed(settings: Settings) -> Iterator[str]:
    for _, who in selections(settings):
        wanted = {"department": who.departments, "site": who.sites, "groups": who.groups}
        yield from (field for field, values in wanted.items() if values)


def _read(settings: DirectorySettings, roster: Roster) -> Iterator[tuple[str, str, int]]:
    """Each optional attribute: its name, its configuration key, and how many agents have it."""
    names, agents = settings.attributes, roster.agents.values()
    single = (
        ("display_name", names.display_name, sum(agent.display_name != agent.login for agent in agents)),
        ("mail", names.mail, sum(bool(agent.mail) for agent in agents)),
        ("department", names.department, sum(bool(agent.department) for agent in agents)),
        ("site", names.site, sum(bool(agent.site) for agent in agents)),
        ("groups", names.groups, sum(bool(agent.groups) for agent in agents)),
    )
    yield from ((name, f"directory.attributes.{key}", has) for key, name, has in single if name)
    for name in names.extra:
        has = sum(bool(agent.attributes.get(name.lower())) for agent in agents)
        yield name, "directory.attributes.extra", has


def _instead(name: str, known: Collection[str]) -> Reason:
    by_lower = {name.lower(): name for name in known}
    if name.lower() in by_lower:
        return words.ATTRIBUTE_EMPTY(name=name)
    alike = next((group for group in _SAME if name.lower() in group), ())
    close = [*filter(by_lower.__contains__, alike), *get_close_matches(name.lower(), by_lower, n=2, cutoff=0.7)]
    if close:
        return words.ATTRIBUTE_MEANT(names=join_reasons(dict.fromkeys(by_lower[name] for name in close), ANY))
    if name.lower() == "memberof":
        return words.MEMBEROF()
    return words.ATTRIBUTE_WRONG()


def criteria(chosen: Iterable[tuple[Reason, Selection]], roster: Roster) -> Iterator[Finding]:
    """Values in selections that no agent has."""
    agents = tuple(roster.agents.values())
    for where, selection in chosen:
        for lacking, wanted, found in _values(selection, agents):
            for value in sorted(wanted - found):
                yield doubtful(where, lacking(value=value), _meant(value, found))
        for unit in sorted(selection.units):
            if not any(is_below(agent.unit, unit) for agent in agents):
                yield doubtful(where, words.NO_AGENT_BELOW(unit=unit))


def _meant(value: str, found: Collection[str]) -> Reason:
    if is_dn(value) and any(group_name(value) == group.casefold() for group in found):
        return words.GROUP_ELSEWHERE()
    close = get_close_matches(value, found, n=1, cutoff=0.6)
    return words.VALUE_MEANT(value=close[0]) if close else words.VALUE_WRONG()


def _values(
    selection: Selection, agents: Collection[Agent]
) -> Iterator[tuple[Callable[..., Reason], frozenset[str], set[str]]]:
    """For each criterion: the text for a value that no agent has, the configured values, and the agents' values."""
    yield words.NO_AGENT_OF_GROUP, selection.groups, {group for agent in agents for group in agent.groups}
    yield words.NO_AGENT_OF_DEPARTMENT, selection.departments, {agent.department for agent in agents}
    yield words.NO_AGENT_OF_SITE, selection.sites, {agent.site for agent in agents}
    yield words.NO_AGENT_OF_LOGIN, selection.logins, {agent.login for agent in agents}
    for name, wanted in selection.attributes:
        lacking = partial(words.NO_AGENT_OF, attribute=name)
        yield lacking, wanted, {value for agent in agents for value in agent.attributes.get(name, ())}


def selections(settings: Settings) -> Iterator[tuple[Reason, Selection]]:
    """Each entitlement, wave and rotation and each exception from them, as the subject of a finding, with whom it selects."""
    scenario = site_config_of(settings).scenario
    for index, entitlement in enumerate(settings.entitlements, start=1):
        yield subjects.ENTITLEMENT(number=index, profile=entitlement.profile), entitlement.who
    for wave in scenario.waves:
        yield subjects.WAVE(wave=wave.name), wave.who
        for excepted in wave.excepted:
            yield subjects.WAVE_EXCEPT(wave=wave.name), excepted
    if scenario.rotation is not None:
        yield of_rotation.SUBJECT(), scenario.rotation.who
        yield from ((of_rotation.EXCEPT(), excepted) for excepted in scenario.rotation.excepted)
        if scenario.rotation.obliged is not None:
            yield of_rotation.EVERY_SLOT(), scenario.rotation.obliged


def _rejected(rejected: Collection[Rejected]) -> Iterator[Finding]:
    twice = [entry for entry in rejected if entry.reason.code in (ID_SHARED.code, LOGIN_SHARED.code)]
    for found, these in (
        (servers.ENTRIES_SHARE, twice),
        (servers.ENTRIES_UNUSABLE, [entry for entry in rejected if entry not in twice]),
    ):
        if these:
            shown = [servers.ENTRY(entry=entry.entry, why=entry.reason) for entry in these[:_SHOWN]]
            entries = join_reasons([*shown, "…"] if len(these) > _SHOWN else shown)
            yield doubtful(subjects.DIRECTORY(), found(count=len(these), entries=entries))
