"""Which spec is an action's."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any, get_args

from provisioner.actions.spec import ActionSpec, EndSignal, OperationContext
from provisioner.model.actions import Action
from provisioner.model.ids import NodeKey, NodeName
from provisioner.pve.wire import Operation

SPECS: Mapping[type[Action], ActionSpec[Any]] = {
    action: import_module(f"{__package__}.{action.word}").SPEC for action in get_args(Action)
}
"""The file of each action is called by its word."""
_BY_WORD: Mapping[str, ActionSpec[Any]] = {action.word: spec for action, spec in SPECS.items()}


def spec_of(action: Action) -> ActionSpec[Any]:
    """All that is to be known of this kind of action."""
    return SPECS[type(action)]


def spec_named(word: str) -> ActionSpec[Any] | None:
    """The same from an outcome's word; None for what is no action (`ready`)."""
    return _BY_WORD.get(word)


def is_order(action: Action) -> bool:
    """Whether a node has something to do for it that changes something."""
    spec = spec_of(action)
    return spec.writes and spec.ends is not EndSignal.STORED


def is_seen_later(action: Action) -> bool:
    """Whether an observation after its answer shows what became of it."""
    return spec_of(action).ends in (EndSignal.WRITTEN, EndSignal.TASK)


def node_asked(action: Action) -> NodeKey | None:
    """The node whose API carries it out; None: nobody's, for it is the store's alone."""
    return spec_of(action).node(action)


def place_of(action: Action) -> NodeName:
    """The node where its VM is, or is to be."""
    node = node_asked(action)
    assert node is not None, "what is the store's alone is nowhere"
    return node.node


def operation_of(action: Action, hands: OperationContext) -> Operation[Any] | None:
    """What it asks of Proxmox VE; None: nothing, for it is the store's alone."""
    make = spec_of(action).operation
    return None if make is None else make(action, hands)


__all__ = ["SPECS", "is_order", "is_seen_later", "node_asked", "operation_of", "place_of", "spec_named", "spec_of"]
