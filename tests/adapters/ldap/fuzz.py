"""Random directory entries, seeded: odd encodings, binary, huge values, missing attributes, options and ranges."""

import random
import re
import uuid
from collections import Counter
from collections.abc import Callable, Iterator

from provisioner.adapters.ldap.account_status import MICROSOFT, OTHERS
from provisioner.adapters.ldap.entries import Entry, GroupTree, asked_of
from provisioner.adapters.ldap.roster import roster_of
from provisioner.model.people.agents import Roster
from provisioner.settings.directory import DirectoryAttributes
from tests.builders.directory import READ_AT

ATTRIBUTES = DirectoryAttributes(enabled="employeeActive", account_state=(*MICROSOFT, *OTHERS), extra=("costCentre", "title"))
TREE = GroupTree(parents={"cn=a,dc=x": ["cn=b,dc=x"], "cn=b,dc=x": ["cn=a,dc=x"]})


def random_entries(count: int, seed: int = 1) -> Iterator[Entry]:
    """Half of the entries are people with a single defect, the rest is noise."""
    dice = random.Random(seed)
    for number in range(count):
        usual = {"entryuuid": [str(uuid.UUID(int=dice.getrandbits(128))).encode()], "uid": [b"u%d" % number]}
        spoilt = {_name(dice): _values(dice) for _ in range(dice.choice((0, 1, 1, 2, 6)))}
        yield Entry(dn=_dn(dice, number), attributes=(usual if dice.random() < 0.8 else {}) | spoilt)


def read_all(count: int, seed: int = 1) -> Roster:
    """The roster read from these entries."""
    return roster_of(random_entries(count, seed), ATTRIBUTES, read_at=READ_AT, tree=TREE)


def kinds_of(roster: Roster) -> Counter[str]:
    """The number of rejected entries for each reason, without the values in the reasons."""
    return Counter(_PARTICULAR.sub("…", entry.reason) for entry in roster.rejected)


_PARTICULAR = re.compile(r"(?<=the same )\w+ .*(?=: correct)|'.*?'|\".*?\"|\d+", re.DOTALL)
_NAMES = tuple(name.lower() for name in asked_of(ATTRIBUTES))
_KINDS: tuple[Callable[[random.Random], bytes], ...] = (
    lambda dice: dice.randbytes(dice.randrange(40)),
    lambda dice: "Zoé Lefèvre".encode(dice.choice(("utf-8", "latin-1", "utf-16", "cp1252", "utf-7"))),
    lambda dice: dice.choice(("é", "\u202e", "\x00", "\ud7ff", "𝔘", "a\u0301", " ", "\n")).encode() * dice.randrange(1, 9),
    lambda dice: b"x" * dice.choice((255, 256, 257, 1_024, 1_025, 100_000)),
    lambda dice: str(dice.choice((-1, 0, 2, 514, 2**31, 2**63 - 1, 2**64, 10**400))).encode(),
    lambda dice: dice.choice((b"TRUE", b"false", b"maybe", b"", b"000001010000Z", b"20240230000000Z", b"99991231235959Z")),
    lambda dice: dice.choice((b"cn=a,dc=x", b"cn=\\zz,dc=x", b"cn=" + b"\\2C" * 300, b"=,=,=", b"cn=a+ou=b,dc=x")),
    lambda dice: dice.choice((b"0f8fad5b-d9cb-469f-a165-70867728950e", b"{0f8fad5b}", b"u1")),
)


def _name(dice: random.Random) -> str:
    name = dice.choice(_NAMES)
    return dice.choice((name, name, name, name, f"{name};binary", f"{name};lang-fr", f"{name};range=0-1499", "jpegphoto"))


def _values(dice: random.Random) -> list[bytes]:
    return [dice.choice(_KINDS)(dice) for _ in range(dice.choice((0, 1, 1, 1, 2, 3, 2_001 if dice.random() < 0.01 else 1)))]


def _dn(dice: random.Random, number: int) -> str:
    return dice.choice(
        (f"uid=u{number},ou=people,dc=x", f"cn=Lefèvre\\, Zoé {number}, DC = x", f"{number}", f"cn={number}+ou=\\00,dc=x")
    )
