"""The town in a server's syntax: its entries, and the changes from one town to another."""

import uuid
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from provisioner.adapters.ldap.ldif import LdifRecord
from provisioner.model.people.agents import AccountStatus
from tests.adapters.ldap.town import GROUPS, UNITS, Flaw, Group, Inhabitant, Town, Unit

Attributes = Mapping[str, tuple[str, ...]]
_PAST_DAYS, _FUTURE_DAYS = 18_000, 40_000
"""Days since 1970: in 2019 and in 2079, before and after any clock of the tests."""
_FILETIME_DAYS, _FILETIMES_A_DAY = 134_774, 864_000_000_000
"""Seconds from 1601 to 1970; a day in units of 100 ns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect(ABC):
    """How one kind of server writes the town."""

    suffix: str

    @abstractmethod
    def person(self, inhabitant: Inhabitant, town: Town) -> Attributes:
        """The person's entry, except for the naming attribute cn."""

    @abstractmethod
    def group(self, name: str) -> Attributes:
        """A group without members."""

    def place(self, unit: Unit) -> str:
        """The DN of a subtree."""
        return ",".join([*(f"ou={escaped(name)}" for name in reversed(unit)), self.suffix])

    def dn(self, inhabitant: Inhabitant) -> str:
        """The DN of a person."""
        return f"cn={escaped(inhabitant.name)},{self.place(inhabitant.unit)}"

    def group_dn(self, name: str) -> str:
        """The DN of a group."""
        return f"cn={escaped(name)},{self.place(GROUPS)}"

    def members(self, group: Group, town: Town) -> tuple[str, ...]:
        """DNs, sorted."""
        people = [self.dn(town.people[number]) for number in group.people]
        return tuple(sorted([*people, *(self.group_dn(name) for name in group.groups)]))

    def records(self, town: Town) -> Iterator[LdifRecord]:
        """The whole town for `ldapadd`; members last, because groups are members of each other."""
        for unit in UNITS:
            yield record(self.place(unit), objectClass=("organizationalUnit",), ou=(unit[-1],))
        for inhabitant in town.people.values():
            yield record(self.dn(inhabitant), cn=(inhabitant.name,), **self.person(inhabitant, town))
        for name in town.groups:
            yield record(self.group_dn(name), cn=(name,), **self.group(name))
        for name, group in town.groups.items():
            yield _modified(self.group_dn(name), "add", "member", self.members(group, town))

    def changes(self, before: Town, after: Town) -> Iterator[LdifRecord]:
        """The changes from one town to the other. Renames first: the server updates references by itself."""
        for number in sorted(before.people.keys() | after.people.keys()):
            yield from self._person_changes(before, after, number)
        for name, new in after.groups.items():
            old = before.groups.get(name, Group())
            if name not in before.groups:
                yield record(self.group_dn(name), cn=(name,), **self.group(name))
            gone = Group(people=(old.people - new.people) & after.people.keys(), groups=old.groups - new.groups)
            come = Group(people=new.people - old.people, groups=new.groups - old.groups)
            for verb, some in (("delete", gone), ("add", come)):
                if members := self.members(some, after):
                    yield _modified(self.group_dn(name), verb, "member", members)

    def _person_changes(self, before: Town, after: Town, number: int) -> Iterator[LdifRecord]:
        old, new = before.people.get(number), after.people.get(number)
        if old is None and new is not None:
            yield record(self.dn(new), cn=(new.name,), **self.person(new, after))
        elif old is not None and new is None:
            yield record(self.dn(old), changetype=("delete",))
        elif old is not None and new is not None and old != new:
            if self.dn(old) != self.dn(new):
                yield self._renamed(old, new)
            was, becomes = self.person(old, before), self.person(new, after)
            for name in sorted(was.keys() | becomes.keys()):
                if was.get(name) != becomes.get(name):
                    yield _modified(self.dn(new), "replace", name, becomes.get(name, ()))

    def _renamed(self, old: Inhabitant, new: Inhabitant) -> LdifRecord:
        return record(
            self.dn(old),
            changetype=("modrdn",),
            newrdn=(f"cn={escaped(new.name)}",),
            deleteoldrdn=("1",),
            newsuperior=(self.place(new.unit),),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLdapWords(Dialect):
    """inetOrgPerson, the password policy's lock, the shadow account's end."""

    def person(self, inhabitant: Inhabitant, town: Town) -> Attributes:
        logins = {
            Flaw.NO_LOGIN: (),
            Flaw.TWO_LOGINS: (inhabitant.login, f"{inhabitant.login}b"),
            Flaw.LONG_LOGIN: (inhabitant.login * 40,),
        }
        uid = (inhabitant.login,) if inhabitant.flaw is None else logins.get(inhabitant.flaw, (inhabitant.login,))
        classes = ("person", "organizationalPerson", "inetOrgPerson")
        return {
            "objectClass": (*classes, "shadowAccount") if uid else classes,
            **({"uid": uid} if uid else {}),
            "sn": (inhabitant.surname,),
            "givenName": (inhabitant.given_name,),
            "displayName": (inhabitant.display_name,),
            "mail": (inhabitant.mail,),
            "departmentNumber": (inhabitant.department,),
            "l": (inhabitant.site,),
            **_open_standing(inhabitant),
        }

    def group(self, name: str) -> Attributes:
        # A groupOfNames must have a member; its own name is harmless.
        return {"objectClass": ("groupOfNames",), "member": (self.suffix,)}


@dataclass(frozen=True, slots=True, kw_only=True)
class FileWords(OpenLdapWords):
    """The same, with the attributes that a server adds by itself."""

    def person(self, inhabitant: Inhabitant, town: Town) -> Attributes:
        member_of = tuple(self.group_dn(name) for name in sorted(town.groups_of(inhabitant.number)))
        served = {"entryUUID": (entry_uuid(inhabitant.number),), **({"memberOf": member_of} if member_of else {})}
        return {**OpenLdapWords.person(self, inhabitant, town), **served}

    def records(self, town: Town) -> Iterator[LdifRecord]:
        yield record(self.suffix, objectClass=("organization",), o=("Département",))
        for entry in OpenLdapWords.records(self, town):
            if "changetype" not in entry.attributes and "groupOfNames" not in str(entry.attributes["objectClass"]):
                yield entry
        for name, group in town.groups.items():
            inside = self.group_dn(name)
            outer = tuple(self.group_dn(other) for other in town.groups if name in town.groups[other].groups)
            yield record(
                inside, objectClass=("groupOfNames",), cn=(name,), member=self.members(group, town), **_if("memberOf", outer)
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class ActiveDirectoryWords(Dialect):
    """user, userAccountControl, accountExpires; a person without login is a contact."""

    def person(self, inhabitant: Inhabitant, town: Town) -> Attributes:
        usual = {
            "sn": (inhabitant.surname,),
            "givenName": (inhabitant.given_name,),
            "displayName": (inhabitant.display_name,),
            "mail": (inhabitant.mail,),
            "department": (inhabitant.department,),
            "l": (inhabitant.site,),
        }
        if inhabitant.flaw is Flaw.NO_LOGIN:
            return {"objectClass": ("contact",), **usual}
        return {"objectClass": ("user",), "sAMAccountName": (inhabitant.login,), **usual, **_microsoft_standing(inhabitant)}

    def group(self, name: str) -> Attributes:
        return {"objectClass": ("group",), "sAMAccountName": (f"g-{uuid.uuid5(uuid.NAMESPACE_DNS, name)}",)}


def entry_uuid(number: int) -> str:
    """The person's id in the file."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{number}"))


def escaped(name: str) -> str:
    """A value as it stands in a DN (RFC 4514)."""
    text = "".join(f"\\{letter}" if letter in ',+"\\<>;=' else letter for letter in name)
    return f"\\{text}" if text[:1] in ("#", " ") else text


def record(dn: str, **attributes: tuple[str, ...]) -> LdifRecord:
    """An entry or a change; `ldapadd` takes both."""
    return LdifRecord(dn=dn, attributes={name: [value.encode() for value in values] for name, values in attributes.items()})


def _modified(dn: str, verb: str, name: str, values: tuple[str, ...]) -> LdifRecord:
    return record(dn, changetype=("modify",), **{verb: (name,)}, **{name: values})


def _if(name: str, values: tuple[str, ...]) -> Attributes:
    return {name: values} if values else {}


def _open_standing(inhabitant: Inhabitant) -> Attributes:
    """Active accounts come in three variants: without an end, with "never", and with a later end."""
    shadow = {0: (), 1: ("-1",), 2: (str(_FUTURE_DAYS),)}[inhabitant.number % 3] if inhabitant.flaw is None else ()
    said: dict[AccountStatus, Attributes] = {
        AccountStatus.ACTIVE: _if("shadowExpire", shadow),
        AccountStatus.LOCKED: {"pwdAccountLockedTime": ("20200316070000Z",)},
        AccountStatus.DISABLED: {"pwdAccountLockedTime": ("000001010000Z",)},
        AccountStatus.EXPIRED: {"shadowExpire": (str(_PAST_DAYS),)},
    }
    return said[inhabitant.standing]


def _microsoft_standing(inhabitant: Inhabitant) -> Attributes:
    never, past, later = ("0", str(2**63 - 1)), _filetime(_PAST_DAYS), _filetime(_FUTURE_DAYS)
    expires = past if inhabitant.standing is AccountStatus.EXPIRED else (*never, later)[inhabitant.number % 3]
    control = 0x202 if inhabitant.standing is AccountStatus.DISABLED else 0x200
    locked = later if inhabitant.standing is AccountStatus.LOCKED else "0"
    return {"userAccountControl": (str(control),), "accountExpires": (expires,), "lockoutTime": (locked,)}


def _filetime(days: int) -> str:
    return str((days + _FILETIME_DAYS) * _FILETIMES_A_DAY)
