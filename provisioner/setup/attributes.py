"""Which attributes of a directory are used, by the kind of its server and by what its entries have. Pure."""

from collections.abc import Collection
from dataclasses import dataclass

from provisioner.adapters.ldap.server_facts import ServerKind
from provisioner.settings.directory import DirectoryAttributes

_MICROSOFT = (ServerKind.ACTIVE_DIRECTORY, ServerKind.SAMBA)
_PEOPLE_OF_MICROSOFT = "(&(objectCategory=person)(objectClass=user))"
_PEOPLE = "(objectClass=inetOrgPerson)"
_MEMBERS = ("member", "uniqueMember", "memberUid")


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryWords:
    """What a kind of server calls things."""

    server: str
    """Its product."""
    filter: str
    """Finds people."""
    attributes: DirectoryAttributes
    nested: bool = False
    """The server follows nested groups itself."""


def filter_for(kind: ServerKind) -> str:
    """Finds the people on such a server."""
    return _PEOPLE_OF_MICROSOFT if kind in _MICROSOFT else _PEOPLE


def words_for(kind: ServerKind, having: Collection[str]) -> DirectoryWords:
    """`having`: names of attributes that entries of people have."""
    if kind in _MICROSOFT:
        names = DirectoryAttributes(
            agent_id="objectGUID",
            login="sAMAccountName",
            department="department",
            site=_first(("l", "physicalDeliveryOfficeName"), having, "l"),
        )
        return DirectoryWords(server=kind.value, filter=_PEOPLE_OF_MICROSOFT, attributes=names, nested=True)
    free_ipa = _has("ipaUniqueID", having)
    return DirectoryWords(
        server="FreeIPA" if free_ipa else kind.value,
        filter=_PEOPLE,
        attributes=DirectoryAttributes(
            agent_id=_first(("ipaUniqueID", "entryUUID", "nsUniqueId", "supannEmpId", "employeeNumber"), having, "entryUUID"),
            login="uid",
            display_name=_first(("displayName", "cn"), having, "displayName"),
            department=_first(
                ("departmentNumber", "department", "supannEntiteAffectationPrincipale", "ou"), having, "departmentNumber"
            ),
            site=_first(("l", "physicalDeliveryOfficeName"), having, "l"),
        ),
    )


def members_of(having: Collection[str]) -> tuple[str, ...]:
    """The attributes by which groups list their members, of those that entries of groups have."""
    return tuple(name for name in _MEMBERS if _has(name, having))


def _first(names: tuple[str, ...], having: Collection[str], usual: str) -> str:
    return next((name for name in names if _has(name, having)), usual)


def _has(name: str, having: Collection[str]) -> bool:
    return name.lower() in {other.lower() for other in having}
