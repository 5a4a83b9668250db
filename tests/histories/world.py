"""People as they are, and the entries that an administration keeps of them. An entry's `rdn` says whose it is."""

from collections import Counter
from dataclasses import dataclass, field, replace

from provisioner.model.ids import AgentId, Instant
from provisioner.model.people.agents import AccountStatus, Agent, Rejected, Roster

FIRST, LAST = ("Anne", "Bruno", "Chloe", "David", "Emma"), ("Arnaud", "Blanc", "Carre", "Durand", "Evrard", "Faure", "Girard")
UNITS = ("roads", "social", "schools")
Entries = dict[AgentId, "Entry"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the directory has of a person under an id."""

    person: int
    name: str
    scheme: int = 0
    """The form of the login."""
    domain: int = 0
    unit: str = UNITS[0]
    number: str = ""
    """Of the employee; empty: the directory has none."""
    enabled: bool = True

    @property
    def login(self) -> str:
        """`dupontj7`, `j.dupont7`, …: the person's own, whoever has the name too."""
        first, last = self.name.lower().split()
        return (f"{last}{first[0]}{self.person}", f"{first[0]}.{last}{self.person}", f"{first}-{last}{self.person}")[
            self.scheme
        ]

    def under(self, key: AgentId, *, shares_mail: bool = False) -> Agent:
        """As it is read. `shares_mail`: the mailbox is the unit's."""
        return Agent(
            agent_id=key,
            login=self.login,
            display_name=self.name,
            mail=f"{self.unit if shares_mail else self.login}@d{self.domain}.example",
            unit=f"ou={self.unit},o=x",
            department=self.unit,
            rdn=f"person={self.person}",
            standing=AccountStatus.ACTIVE if self.enabled else AccountStatus.DISABLED,
            attributes={"employeenumber": (self.number,)} if self.number else {},
        )


@dataclass
class World:
    """Entries by id."""

    numbered: bool
    """Whether entries have a number of the employee, besides the id."""
    made: bool
    """Whether the server makes the ids, and never gives them again."""
    shares_mail: bool = False
    """Whether each unit has one mailbox."""
    entries: Entries = field(default_factory=dict)
    earlier: list[Entries] = field(default_factory=list)
    """Each state that was read: a backup may be put back."""
    people: int = 0
    ids: int = 0

    def join(self, key: AgentId | None = None, *, name: str, unit: str) -> None:
        """Somebody new, under a new id or one that was free."""
        self.people += 1
        number = f"n{self.people}" if self.numbered else ""
        self.entries[key or self.new_id()] = Entry(person=self.people, name=name, unit=unit, number=number)

    def new_id(self) -> AgentId:
        """One that nobody has had."""
        self.ids += 1
        return AgentId(f"e{1000 + self.ids}")

    def change(self, key: AgentId, **changed: object) -> None:
        self.entries[key] = replace(self.entries[key], **changed)  # type: ignore[arg-type]

    def entry(self, key: AgentId) -> Agent:
        """As it is read."""
        return self.entries[key].under(key, shares_mail=self.shares_mail)

    def read(self, at: Instant) -> Roster:
        """As the adapter reads it: of two entries with one login neither is an agent."""
        self.earlier.append(dict(self.entries))
        logins = Counter(entry.login for entry in self.entries.values())
        agents = {key: self.entry(key) for key, entry in sorted(self.entries.items()) if logins[entry.login] == 1}
        rejected = tuple(
            Rejected(entry=str(key), reason=f"has the same login {entry.login}", agent_id=key, login=entry.login)
            for key, entry in sorted(self.entries.items())
            if logins[entry.login] > 1
        )
        return Roster(read_at=at, full_at=at, agents=agents, rejected=rejected)


def person_of(agent: Agent) -> int:
    """Whose entry it is."""
    return int(agent.rdn.removeprefix("person="))
