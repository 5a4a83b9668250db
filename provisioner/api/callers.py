"""Who asks, and what they may."""

import enum
import grp
from collections.abc import Mapping
from dataclasses import dataclass, field

from provisioner.api.peers import Peer
from provisioner.reasons.api import ROLE_LACKS, ROLE_NONE
from provisioner.reasons.reason import NONE, Reason


class Role(enum.IntEnum):
    """Each role may do what the roles before it may."""

    BOARD = 1
    """Numbers without people."""
    VIEWER = 2
    """Everything that can be read."""
    HELPDESK = 3
    """Orders about one desktop at a time."""
    OPERATOR = 4
    """Every order."""

    @property
    def word(self) -> str:
        """Its name in the configuration and in texts."""
        return self.name.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks."""

    name: str
    """An account of this machine, or the name of a token."""
    role: Role | None
    """None: no role at all."""


def lacking(caller: Caller, role: Role) -> Reason:
    """Why whoever asks may not do what is for this role; empty: they may."""
    if caller.role is None:
        return ROLE_NONE(who=caller.name)
    return NONE if caller.role >= role else ROLE_LACKS(who=caller.name, role=caller.role.word, needed=role.word)


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """The roles of accounts, by their groups on this machine."""

    groups: Mapping[Role, frozenset[str]] = field(default_factory=dict)
    """The names of the groups with each role."""
    own_uid: int

    def of(self, peer: Peer) -> Role | None:
        """The highest role. Root and the daemon's own account are operators: they can write the store and the freeze file."""
        if peer.uid in (0, self.own_uid):
            return Role.OPERATOR
        names = set(filter(None, map(_group_name, peer.groups)))
        return max((role for role, groups in self.groups.items() if groups & names), default=None)


def _group_name(gid: int) -> str:
    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return ""
