"""Groups as the server tells them: Active Directory follows nested ones itself, elsewhere they are read and followed here."""

from collections import defaultdict

import ldap3
from ldap3.utils.conv import escape_filter_chars

from provisioner.adapters.ldap.nested_groups import GroupTree, login_key
from provisioner.adapters.ldap.search import NO_ATTRIBUTES, Question, answers
from provisioner.adapters.ldap.settings import LdapGroups, LdapSettings
from provisioner.adapters.ldap.values import Entry
from provisioner.model.distinguished_names import dn_key

Parents = dict[str, set[str]]


def group_tree(connection: ldap3.Connection, url: str, settings: LdapSettings, *, chains: bool) -> GroupTree | None:
    """What groups say beyond each person's own entry; None without `groups`. Raises DirectoryError.

    `chains`: the server follows nested groups itself when asked, as Active Directory does.
    """
    if settings.groups is None:
        return None
    if chains and settings.groups.nested and not settings.groups.members:
        return GroupTree(parents=_chained(connection, url, settings, settings.groups))
    return GroupTree(parents=_listed(connection, url, settings, settings.groups), nested=settings.groups.nested)


_IN_CHAIN = "1.2.840.113556.1.4.1941"
"""MS-ADTS 3.1.1.3.4.4.3: matches whoever is reached through any number of groups."""


def _chained(connection: ldap3.Connection, url: str, settings: LdapSettings, groups: LdapGroups) -> Parents:
    """By group, the wanted groups that it is in: people's own entries say which groups they are in themselves.

    The groups are asked, not the people: the server follows the chain of each candidate, and groups are few.
    """
    parents: Parents = defaultdict(set)
    for name in sorted(groups.names):
        named = f"(&{groups.filter}(cn={escape_filter_chars(name)}))"
        for group in list(answers(connection, url, _names_alone(groups, named), settings)):
            inner = f"(&{groups.filter}(memberOf:{_IN_CHAIN}:={escape_filter_chars(group.dn)}))"
            for one in answers(connection, url, _names_alone(groups, inner), settings):
                parents[dn_key(one.dn)].add(group.dn)
    return parents


def _names_alone(groups: LdapGroups, wanted: str) -> Question:
    return Question(base=groups.base, filter=wanted, attributes=NO_ATTRIBUTES)


def _listed(connection: ldap3.Connection, url: str, settings: LdapSettings, groups: LdapGroups) -> Parents:
    """By member, the groups that list it, whether in their own entries or in the member's."""
    of_groups = settings.attributes.groups or "memberOf"
    read = tuple(name for name in (of_groups, groups.members) if name)
    parents: Parents = defaultdict(set)
    for group in answers(connection, url, Question(base=groups.base, filter=groups.filter, attributes=read), settings):
        parents[dn_key(group.dn)].update(_texts(group, of_groups))
        for member in _texts(group, groups.members):
            key = login_key(member) if groups.members.lower() == "memberuid" else dn_key(member)
            parents[key].add(group.dn)
    return parents


def _texts(group: Entry, name: str) -> list[str]:
    return [value.decode(errors="replace") for value in group.attributes.get(name.lower(), ())]
