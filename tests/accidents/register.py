"""A scripted directory: its agents, and the faults it shows. It answers as the adapter does."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from provisioner.errors import DirectoryError
from provisioner.model.ids import AgentId
from provisioner.model.people.agents import Agent, Rejected, Roster

DEPARTMENTS = ("Roads", "Social", "Schools", "Culture")
SITES = ("North", "South")
PEOPLE = "ou=people,dc=town"
REMOTE = frozenset({"remote"})


def a_person(number: int, **changed: Any) -> Agent:
    """Entitled: in the group, in one of the departments, at one of the sites, below `ou=people`."""
    values: dict[str, Any] = {
        "agent_id": AgentId(f"id-{number:04}"),
        "login": f"p{number:04}",
        "display_name": f"Person {number}",
        "department": DEPARTMENTS[number % len(DEPARTMENTS)],
        "site": SITES[number % len(SITES)],
        "groups": REMOTE,
        "unit": f"ou={DEPARTMENTS[number % len(DEPARTMENTS)].lower()},{PEOPLE}",
        "rdn": f"uid=p{number:04}",
    }
    return Agent(**{**values, **changed})


class Register:
    """People by number. `error` is raised instead of an answer."""

    def __init__(self, people: Iterable[int], *, others: Iterable[int], now: Callable[[], float]) -> None:
        """`others` are listed too, and entitled to nothing."""
        self.agents = {number: a_person(number) for number in people}
        self.agents |= {number: a_person(number, groups=frozenset()) for number in others}
        self.unusable: dict[int, str] = {}
        """Entries that are there and no agent, and why."""
        self.nameless: set[int] = set()
        """Unusable entries without a readable id."""
        self.wordless: set[int] = set()
        """Unusable entries without a readable id or login: only their DN is known."""
        self.error: DirectoryError | None = None
        self.before_each: Callable[[], None] = lambda: None
        """Happens before each reading, for servers that disagree."""
        self._now = now
        self._well = (dict(self.agents), {}, set(), set())

    def read(self, since: Roster | None = None, *, in_force: Roster | None = None) -> Roster:
        """All of it, independent of earlier readings."""
        del since
        self.before_each()
        if self.error is not None:
            raise self.error
        rejected = [*self._unusable(), *self._doubled()]
        refused = {rejection.agent_id for rejection in rejected}
        agents = {agent.agent_id: agent for number, agent in self.agents.items() if number not in self.unusable}
        agents = {key: agent for key, agent in agents.items() if key not in refused}
        return Roster(read_at=self._now(), agents=agents, rejected=tuple(rejected), full_at=self._now())

    @property
    def entitled(self) -> list[int]:
        """The numbers of the group's members, ascending."""
        return sorted(number for number, agent in self.agents.items() if agent.groups)

    def change(self, numbers: Iterable[int], **changed: Any) -> None:
        """Give these people other attributes; a callable is given the number."""
        for number in [*numbers]:
            values = {name: value(number) if callable(value) else value for name, value in changed.items()}
            self.agents[number] = replace(self.agents[number], **values)

    def remove(self, numbers: Iterable[int]) -> None:
        """They are listed no more."""
        for number in [*numbers]:
            del self.agents[number]

    def add(self, numbers: Iterable[int], **changed: Any) -> None:
        """Newcomers, by default entitled."""
        self.agents |= {number: a_person(number, **changed) for number in numbers}

    def remember(self) -> None:
        """This is how it should be."""
        self._well = (dict(self.agents), dict(self.unusable), set(self.nameless), set(self.wordless))

    def repair(self) -> None:
        """As it was when last remembered."""
        agents, unusable, nameless, wordless = self._well
        self.agents, self.unusable = dict(agents), dict(unusable)
        self.nameless, self.wordless = set(nameless), set(wordless)
        self.error, self.before_each = None, lambda: None

    def _unusable(self) -> Iterator[Rejected]:
        for number, reason in sorted(self.unusable.items()):
            agent = self.agents[number]
            key = None if number in self.nameless else agent.agent_id
            login = "" if number in self.wordless else agent.login
            yield Rejected(entry=agent.entry, reason=reason, agent_id=key, login=login)

    def _doubled(self) -> Iterator[Rejected]:
        """Of two with one login neither is an agent until a person decides."""
        usable = {number: agent for number, agent in sorted(self.agents.items()) if number not in self.unusable}
        logins = Counter(agent.login for agent in usable.values())
        for agent in usable.values():
            if logins[agent.login] > 1:
                reason = f"login {agent.login} is that of {logins[agent.login]} entries"
                yield Rejected(entry=agent.entry, reason=reason, agent_id=agent.agent_id, login=agent.login)
