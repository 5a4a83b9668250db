"""Which words of the model people are shown, and so have a translation. Programs (`--json`, metrics) get the word itself."""

import enum
from collections.abc import Collection, Mapping
from typing import get_args

from provisioner.model.actions import Action
from provisioner.model.agents import AccountStatus
from provisioner.model.departures import LeaverStep
from provisioner.model.desktops import Phase
from provisioner.model.scenarios import PreparationLevel
from provisioner.model.words import RESOURCES, GuestWord

SHOWN: tuple[type[enum.StrEnum], ...] = (GuestWord, PreparationLevel, Phase, LeaverStep)
"""A type that is not here stands in no text."""
ARGUMENTS: Mapping[str, Collection[str]] = {
    "binds": tuple(resource.value for resource in RESOURCES),
    "level": tuple(level.value for level in PreparationLevel),
    "order": tuple(action.word for action in get_args(Action)),
    "standing": tuple(standing.value for standing in AccountStatus),
}
"""Arguments of reasons that are words of the model: a store keeps the word alone. The argument's name is the context."""
