"""Which words of the model people are shown, and so have a translation. Programs (`--json`, metrics) get the word itself."""

import enum

from provisioner.model.departures import LeaverStep
from provisioner.model.desktops import Phase
from provisioner.model.scenarios import PreparationLevel
from provisioner.model.words import GuestWord

SHOWN: tuple[type[enum.StrEnum], ...] = (GuestWord, PreparationLevel, Phase, LeaverStep)
"""A type that is not here stands in no text."""
