"""A rehearsal whose daemon has a token with limited rights instead of root@pam's."""

from collections.abc import Mapping
from dataclasses import replace

from provisioner.model.ids import ClusterId
from provisioner.model.machines.ownership import NoteKey
from provisioner.model.machines.twin_spec import TokenSpec, TwinSpec
from provisioner.pve.privileges import NEEDED
from provisioner.rehearsal.rehearse import Rehearsal, Stage
from provisioner.twin.access.access import AclLine
from provisioner.twin.calls import VirtualCalls
from provisioner.twin.twin import guard_access

_TOKEN = "bascule@pve!daemon"
_SECRET = "of-a-twin"
AUTH = f"PVEAPIToken={_TOKEN}={_SECRET}"
"""What the daemon comes with."""


def with_token(spec: TwinSpec, rights: Mapping[str, frozenset[str]]) -> TwinSpec:
    """The twin with one token that holds these privileges, by path."""
    roles = {f"Role{number}": held for number, held in enumerate(rights.values())}
    acl = tuple(zip(rights, roles, strict=True))
    user, _, name = _TOKEN.partition("!")
    token = TokenSpec(user=user, name=name, secret=_SECRET, acl=acl)
    return replace(spec, roles=roles, tokens=(token,))


def without(path: str, *privileges: str) -> dict[str, frozenset[str]]:
    """All that Bascule needs, but for these."""
    return {where: held - set(privileges) if where == path else held for where, held in NEEDED.items()}


class Tokened(Rehearsal):
    """A rehearsal under the eyes of the twin's gate."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.gates = {cluster: guard_access(twin) for cluster, twin in self.twins.items()}
        self.calls = VirtualCalls(
            twins=self.twins,
            events=self.events,
            directory=self.calls._directory,  # type: ignore[attr-defined]
            key=NoteKey(installation=stage.config.installation, secret=b"a rehearsal proves nothing to anybody"),
            auth=AUTH,
        )

    def grant(self, cluster: ClusterId, path: str, role: str, *privileges: str) -> None:
        """From now on the token holds these there."""
        access = self.gates[cluster].access
        access.roles[role] = frozenset(privileges)
        user, _, _ = _TOKEN.partition("!")
        for kind, holder in (("user", user), ("token", _TOKEN)):
            access.grant(AclLine(path=path, kind=kind, holder=holder, role=role))
        access.changed()
