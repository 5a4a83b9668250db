"""Pools: desktops that are no single agent's."""

from dataclasses import dataclass
from typing import Annotated

from provisioner.model.bounds import Bounds
from provisioner.model.ids import DesktopPoolName, ProfileName

MOST_SEATS = 10_000
"""More than a cluster carries; a typing error of one digit more is refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DesktopPool:
    """Desktops of one profile that are no single agent's."""

    name: DesktopPoolName
    profile: ProfileName
    """A key of `profiles`."""
    size: Annotated[int, Bounds(ge=0, le=MOST_SEATS)]
    """Desktops that are made and kept."""
    spare: Annotated[int | None, Bounds(ge=0, le=MOST_SEATS)] = None
    """Free desktops that are kept on and ready: the next people wait for no boot. The other free ones are made, and stay off
    until they are needed. Left out: all are kept ready."""

    @property
    def warm(self) -> int:
        """Free desktops that are kept on."""
        return self.size if self.spare is None else self.spare
