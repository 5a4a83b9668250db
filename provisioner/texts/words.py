"""Which words of the model people are shown: they have labels and translations. Programs (`--json`, metrics) get the word."""

import enum
from collections.abc import Collection, Mapping
from typing import get_args

from provisioner.model.actions import Action, Result
from provisioner.model.departures import STEPS_DUE, LeaverStep
from provisioner.model.intents import IntentKind
from provisioner.model.machines.desktops import Phase
from provisioner.model.machines.drift import DifferenceKind
from provisioner.model.order_words import NotedWord
from provisioner.model.people.agents import AccountStatus
from provisioner.model.scenario.etas import WaveOutlook
from provisioner.model.scenario.scenarios import PreparationLevel
from provisioner.model.scenario.surges import SurgeEvent, SurgeState
from provisioner.model.words import DEFERRED_BY, GuestWord, JournalWord

SHOWN: tuple[type[enum.StrEnum], ...] = (
    GuestWord, PreparationLevel, Phase, IntentKind, JournalWord, NotedWord, Result, DifferenceKind, SurgeState, WaveOutlook,
)  # fmt: skip
"""`print_table` shows a word of these types in the language; a type that is not here is in no text."""
ARGUMENTS: Mapping[str, Collection[str]] = {
    "by": ("daemon",),
    "binds": tuple(word.value for word in DEFERRED_BY),
    "level": tuple(level.value for level in PreparationLevel),
    "next_step": STEPS_DUE,
    "order": tuple(action.word for action in get_args(Action)),
    "phase": tuple(phase.value for phase in Phase),
    "standing": tuple(standing.value for standing in AccountStatus),
    "state": tuple(state.value for state in SurgeState),
    "step": tuple(step.value for step in LeaverStep),
    "what": tuple(event.value for event in SurgeEvent),
}
"""Arguments of reasons that are words of the model: a store keeps the word alone. The argument's name is the context.

`by`: what nobody has ordered."""
