"""Groups within groups: membership through any number of levels, circles included. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from sys import intern

from provisioner.model.distinguished_names import dn_key, group_name, is_dn


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupTree:
    """Memberships that the groups' own entries list, in addition to each person's entry."""

    parents: Mapping[str, Iterable[str]] = field(default_factory=dict)
    """By member (`dn_key` or `login_key`): the DNs of the groups that list it."""
    nested: bool = True
    """Whether a member of a member is a member."""
    wanted: frozenset[str] = frozenset()
    """Groups that the configuration names, by name or DN (`group_key`)."""
    _closures: dict[str, frozenset[str]] = field(default_factory=dict)
    _called: defaultdict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    """By wanted name: the DNs of all groups with this name, by key."""

    def names_of(self, dn: str, login: str, direct: Iterable[str]) -> frozenset[str]:
        """Names of all groups of a person whose entry lists `direct`; for groups wanted by DN also the DN."""
        listed = [*self.parents.get(dn_key(dn), ()), *self.parents.get(login_key(login), ())]
        return frozenset().union(*(self._closure(group) for group in (*direct, *listed)))

    def ambiguous(self) -> Mapping[str, list[str]]:
        """Wanted names that several groups share, with their DNs. Groups without members are not known."""
        return {name: sorted(dns.values()) for name, dns in sorted(self._called.items()) if len(dns) > 1}

    def _closure(self, group: str) -> frozenset[str]:
        """The names of the group and of all groups that contain it."""
        if (known := self._closures.get(group)) is None:
            known = self._closures[group] = frozenset(name for outer in self._above(group) for name in self._names(outer))
        return known

    def _names(self, group: str) -> Iterator[str]:
        name, key = intern(group_name(group)), intern(dn_key(group))
        yield name
        if key in self.wanted:
            yield key
        if name in self.wanted and is_dn(group):
            self._called[name].setdefault(key, group)

    def _above(self, group: str) -> Iterable[str]:
        found = {dn_key(group): group}
        waiting = [group] if self.nested else []
        while waiting:
            for parent in self.parents.get(dn_key(waiting.pop()), ()):
                if dn_key(parent) not in found:
                    found[dn_key(parent)] = parent
                    waiting.append(parent)
        return found.values()


def login_key(login: str) -> str:
    """The key of a member that is listed by login; no DN looks like this."""
    return f"login {login.casefold()}"
