"""The spec of each action."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any, get_args

from provisioner.actions.spec import ActionSpec, EndSignal, OperationContext
from provisioner.model.actions import Action, CheckGuest, Clone
from provisioner.model.ids import NodeKey, NodeName
from provisioner.pve.requests import unless_gone
from provisioner.pve.wire import Operation

SPECS: Mapping[type[Action], ActionSpec[Any]] = {
    action: import_module(f"{__package__}.{action.word}").SPEC for action in get_args(Action)
}
"""The file of each action has its word as its name."""
_BY_WORD: Mapping[str, ActionSpec[Any]] = {action.word: spec for action, spec in SPECS.items()}


def spec_of(action: Action) -> ActionSpec[Any]:
    """The spec of an action."""
    return SPECS[type(action)]


def spec_named(word: str) -> ActionSpec[Any] | None:
    """The spec for an outcome's word; None when it is not an action (`ready`)."""
    return _BY_WORD.get(word)


def changes_node(action: Action) -> bool:
    """Whether the action makes a node change something."""
    spec = spec_of(action)
    return spec.writes and spec.ends is not EndSignal.STORED


def ends_by_observation(action: Action) -> bool:
    """Whether an observation after the answer shows the action's end."""
    return spec_of(action).ends in (EndSignal.WRITTEN, EndSignal.TASK)


def node_asked(action: Action) -> NodeKey | None:
    """The node whose API handles the action; None: only the store changes."""
    return spec_of(action).node(action)


def place_of(action: Action) -> NodeName:
    """The node where the action's VM is or will be."""
    node = node_asked(action)
    assert node is not None, "an action that only changes the store has no node"
    return node.node


def operation_of(action: Action, context: OperationContext) -> Operation[Any] | None:
    """The action's operation on Proxmox VE; None: only the store changes."""
    build = spec_of(action).operation
    if build is None:
        return None
    operation = build(action, context)
    return unless_gone(operation, action.key.vmid) if _is_of_a_vm(action) else operation


def _is_of_a_vm(action: Action) -> bool:
    """Whether its requests are about its own VM: a clone's are about the template, and a check may go another way."""
    return not isinstance(action, Clone | CheckGuest)


__all__ = ["SPECS", "changes_node", "ends_by_observation", "node_asked", "operation_of", "place_of", "spec_named", "spec_of"]
