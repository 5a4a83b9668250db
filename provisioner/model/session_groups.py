"""Groups of people that numbers of sessions are shown by. A small one is shown with others: no number is one person's.

Values only; `sessions.groups` decides which are merged, and which pools are shown by themselves.
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from provisioner.model.ids import DesktopPoolName

OTHER = "other"
"""The label of everything that is merged, and of people without a site or wave that is known."""
NONE_GIVEN = "none"
"""The site of people for whom the directory has none, and the wave of people whom the scenario does not select."""


class GroupKind(enum.StrEnum):
    """What people are grouped by."""

    PROFILE = "profile"
    SITE = "site"
    WAVE = "wave"


class Place(NamedTuple):
    """Where a desktop's person belongs: one label of each kind, in their order."""

    profile: str
    site: str
    wave: str


GroupKey = tuple[GroupKind, str]
"""One group: its kind, and its label."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownGroups:
    """Which labels are shown."""

    merged: Mapping[GroupKind, frozenset[str]] = field(default_factory=dict)
    """Shown as `other`. All others are shown as they are."""
    labels: Mapping[GroupKind, tuple[str, ...]] = field(default_factory=dict)
    """Every label that is shown, sorted."""
    pools: frozenset[DesktopPoolName] = frozenset()
    """Pools of desktops that are shown by themselves, too. Their sessions also count in their profile."""

    def label(self, kind: GroupKind, label: str) -> str:
        """As it is shown."""
        return OTHER if label in self.merged.get(kind, ()) else label

    def of(self, place: Place) -> Place:
        """As it is shown."""
        return Place(*(self.label(kind, label) for kind, label in zip(GroupKind, place, strict=True)))


ALL_SHOWN = ShownGroups()
