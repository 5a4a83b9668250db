"""A French university's directory: supann's states, logins with aliases, groups of all kinds."""

from collections.abc import Iterator
from pathlib import Path

from provisioner.adapters.ldap.ldif import LdifRecord, write_ldif
from tests.adapters.ldap.town_ldif import record
from tests.servers.slapd import SUFFIX

PEOPLE = f"ou=people,{SUFFIX}"
GROUPS = f"ou=groups,{SUFFIX}"
ON_CALL_IT = f"cn=astreinte,ou=dsi,{GROUPS}"
ON_CALL_LAB = f"cn=astreinte,ou=laboratoires,{GROUPS}"
"""Another group of the same name."""
ACCOUNTING = f"cn=compta,{GROUPS}"
DOCTORAL = f"cn=doctorants,{GROUPS}"
"""The people that its memberURL finds."""
COUNT = 60
ALIASES = 5
"""The person with two logins."""
STATES = {
    10: {"supannRessourceEtat": ("{COMPTE} I SupannInactif",)},
    11: {"supannRessourceEtatDate": ("{COMPTE}S:SupannVerrouille:20200101:",)},
    12: {"supannRessourceEtatDate": ("{COMPTE}A:SupannActif:20180901:20190831",)},
    13: {"supannRessourceEtatDate": ("{COMPTE}A:SupannActif:20180901:20990831", "{MAIL}I:SupannInactif:20180901:")},
    14: {"supannRessourceEtat": ("{MAIL} I",)},
    20: {"finContrat": ("31/12/2019",)},
    21: {"finContrat": ("31/12/2098",)},
}


def login(number: int) -> str:
    """A person's login."""
    return f"agent{number:02d}"


def dn(number: int) -> str:
    """The DN of a person's entry."""
    return f"uid={login(number)},{PEOPLE}"


def university_ldif(path: Path) -> Path:
    """The university as LDIF for slapd."""
    write_ldif(path, [*_places(), *_people(), *_groups()])
    return path


def _places() -> Iterator[LdifRecord]:
    yield record(SUFFIX, objectClass=("dcObject", "organization"), dc=("departement",), o=("Université",))
    for place in (PEOPLE, GROUPS, f"ou=dsi,{GROUPS}", f"ou=laboratoires,{GROUPS}"):
        name = place.partition(",")[0].removeprefix("ou=")
        yield record(place, objectClass=("organizationalUnit",), ou=(name,))


def _people() -> Iterator[LdifRecord]:
    for number in range(1, COUNT + 1):
        yield record(
            dn(number),
            objectClass=("inetOrgPerson", "supannPerson"),
            uid=(login(number), f"{number:08d}") if number == ALIASES else (login(number),),
            cn=(f"Agent {number}",),
            sn=(f"N° {number}",),
            displayName=(f"Agent {number}",),
            mail=(f"{login(number)}@universite.example",),
            departmentNumber=("DSI",),
            l=("Melun",),
            employeeType=("doctorant" if number > 50 else "titulaire",),
            supannEntiteAffectation=("DSI",),
            **({"supannRessourceEtat": ("{COMPTE} A SupannActif",)} if number > 30 else {}),
            **STATES.get(number, {}),
        )


def _groups() -> Iterator[LdifRecord]:
    yield record(ON_CALL_IT, objectClass=("groupOfNames",), cn=("astreinte",), member=(dn(1), dn(2)))
    members = tuple(f"{dn(number)}#'0101'B" if number == 30 else dn(number) for number in range(30, 40))
    yield record(ON_CALL_LAB, objectClass=("groupOfUniqueNames",), cn=("astreinte",), uniqueMember=members)
    yield record(ACCOUNTING, objectClass=("posixGroup",), cn=("compta",), gidNumber=("1000",), memberUid=(login(40), login(41)))
    url = f"ldap:///{PEOPLE}??sub?(employeeType=doctorant)"
    yield record(DOCTORAL, objectClass=("groupOfURLs",), cn=("doctorants",), memberURL=(url,))
