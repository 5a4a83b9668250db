"""Directory entries become agents: pure, one entry at a time. What is no usable agent is rejected with its reason."""

import re
import unicodedata
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from provisioner.model.agents import Agent, Rejected, Roster, Standing, parent_of
from provisioner.model.ids import AgentId, Instant
from provisioner.model.status_document import MAX_LOGIN_CHARACTERS

MAX_CHARACTERS = 1_024
"""Of any value that is kept: room for the DN of a group deep in a tree; longer is data in the wrong attribute."""
MAX_VALUES = 2_000
"""Of one attribute; Active Directory allows about 1,015 groups a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LdapAttributes:
    """Which attribute says what. An empty name: not read. The defaults are OpenLDAP's inetOrgPerson."""

    agent_id: str = "entryUUID"
    """A UUID that survives renames; `objectGUID` on Active Directory."""
    login: str = "uid"
    """What the person logs on with; `sAMAccountName` on Active Directory."""
    display_name: str = "displayName"
    mail: str = "mail"
    department: str = "departmentNumber"
    """`department` on Active Directory."""
    site: str = "l"
    groups: str = "memberOf"
    """Group names, or DNs of which the first part is the name. Nested groups are not followed."""
    enabled: str = ""
    """`userAccountControl` (its bit 2 disables), `nsAccountLock` and the like (true disables), or any other: true enables."""
    extra: tuple[str, ...] = ()
    """Further attributes, kept under their lower-case names for entitlements and selections."""

    @property
    def names(self) -> tuple[str, ...]:
        """Every attribute to ask for, once each."""
        single = (
            self.agent_id,
            self.login,
            self.display_name,
            self.mail,
            self.department,
            self.site,
            self.groups,
            self.enabled,
        )
        return tuple({name.lower(): name for name in (*single, *self.extra) if name}.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry as the server sent it; attribute names in lower case."""

    dn: str
    attributes: Mapping[str, Sequence[bytes]] = field(default_factory=dict, hash=False)


def roster_of(entries: Iterable[Entry], names: LdapAttributes, *, read_at: Instant) -> Roster:
    """The agents, and every other entry with the reason why it is none.

    Of two entries with one id or one login the greater id is rejected, both named: whatever order the server
    answers in, each reading decides alike.
    """
    rejected: list[Rejected] = []
    found: list[tuple[Agent, str]] = []
    for entry in entries:
        try:
            found.append((agent_of(entry, names), entry.dn))
        except ValueError as reason:
            rejected.append(Rejected(entry=entry.dn, reason=str(reason)))
    agents: dict[AgentId, Agent] = {}
    owners: dict[str, str] = {}
    for agent, dn in sorted(found, key=lambda one: (one[0].agent_id, one[1])):
        keys = {f"id {agent.agent_id}": dn, f"login {agent.login.casefold()}": dn}
        if twice := next((key for key in keys if key in owners), None):
            rejected.append(Rejected(entry=dn, reason=f"has the same {twice} as {owners[twice]}"))
            continue
        owners |= keys
        agents[agent.agent_id] = agent
    return Roster(read_at=read_at, agents=agents, rejected=tuple(sorted(rejected, key=lambda one: one.entry)))


def agent_of(entry: Entry, names: LdapAttributes) -> Agent:
    """The agent an entry describes; raises ValueError with what is missing or unusable in it."""
    login = _login(entry, names.login)
    return Agent(
        agent_id=_agent_id(entry, names.agent_id),
        login=login,
        display_name=_first(entry, names.display_name) or login,
        mail=_first(entry, names.mail),
        department=_first(entry, names.department),
        site=_first(entry, names.site),
        unit=parent_of(entry.dn),
        groups=frozenset(group_name(value) for value in _texts(entry, names.groups)),
        standing=Standing.ACTIVE if _enabled(entry, names.enabled) else Standing.DISABLED,
        attributes={name.lower(): _texts(entry, name) for name in names.extra},
    )


def group_name(value: str) -> str:
    """The name of a group from its DN, unescaped: the value of the first part; a plain name stays as it is."""
    first = _FIRST_RDN.match(value)
    if first is None:
        return value
    raw = _ESCAPED.sub(lambda part: bytes.fromhex(part[1].decode()) if part[1] else part[2], first["value"].encode())
    return unicodedata.normalize("NFC", raw.decode(errors="replace").strip())


_FIRST_RDN = re.compile(r"\s*[A-Za-z][\w.-]*\s*=\s*(?P<value>(?:\\.|[^,+\\])*)", re.DOTALL)
_ESCAPED = re.compile(rb"\\(?:([0-9A-Fa-f]{2})|(.))", re.DOTALL)
_LITTLE_ENDIAN_IDS = frozenset({"objectguid", "guid"})
"""Binary UUIDs as Microsoft writes them: the first three groups little-endian."""
_LOCKS = frozenset({"nsaccountlock", "logindisabled", "pwdaccountlockedtime"})
_ACCOUNT_DISABLE = 0x2
_TRUE = frozenset({"true", "1", "yes", "on", "active", "enabled"})
_FALSE = frozenset({"false", "0", "no", "off", "inactive", "disabled"})


def _agent_id(entry: Entry, name: str) -> AgentId:
    values = entry.attributes.get(name.lower(), ())
    if len(values) != 1:
        raise ValueError(f"has {len(values) or 'no'} {name}, so nothing tells it from others for good")
    try:
        if name.lower() in _LITTLE_ENDIAN_IDS:
            return AgentId(str(uuid.UUID(bytes_le=values[0])))
        return AgentId(str(uuid.UUID(values[0].decode("ascii"))))
    except ValueError:
        raise ValueError(f"{name} is no UUID") from None


def _login(entry: Entry, name: str) -> str:
    values = _texts(entry, name)
    if len(values) != 1:
        raise ValueError(f"has {len(values) or 'no'} {name}, and needs one to log on with")
    if len(values[0]) > MAX_LOGIN_CHARACTERS or not values[0].isprintable():
        raise ValueError(f"{name} is no login of at most {MAX_LOGIN_CHARACTERS} printable characters")
    return values[0]


def _first(entry: Entry, name: str) -> str:
    return next(iter(_texts(entry, name)), "")


def _texts(entry: Entry, name: str) -> tuple[str, ...]:
    if not name:
        return ()
    values = entry.attributes.get(name.lower(), ())
    if any(other.startswith(f"{name.lower()};range=") for other in entry.attributes):
        raise ValueError(f"the server cut {name} short")
    if len(values) > MAX_VALUES:
        raise ValueError(f"{name} has {len(values)} values, more than {MAX_VALUES}")
    return tuple(text for value in values if (text := _text(value, name)))


def _text(value: bytes, name: str) -> str:
    try:
        text = unicodedata.normalize("NFC", value.decode().strip())
    except UnicodeDecodeError:
        raise ValueError(f"{name} is binary, not text") from None
    if not text.isprintable() and any(unicodedata.category(letter) == "Cc" for letter in text):
        raise ValueError(f"{name} holds control characters")
    if len(text) > MAX_CHARACTERS:
        raise ValueError(f"{name} has {len(text)} characters, more than {MAX_CHARACTERS}")
    return text


def _enabled(entry: Entry, name: str) -> bool:
    texts = _texts(entry, name)
    if not texts:
        return True
    if name.lower() == "useraccountcontrol":
        return not _flags(texts[0], name) & _ACCOUNT_DISABLE
    word = texts[0].lower()
    if name.lower() in _LOCKS:
        return word in _FALSE
    if word not in _TRUE | _FALSE:
        raise ValueError(f"{name} is {word[:40]!r}, which says neither enabled nor disabled")
    return word in _TRUE


def _flags(text: str, name: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ValueError(f"{name} is {text[:40]!r}, not a number") from None
