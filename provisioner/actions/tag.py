"""Tag a desktop with its agent's departure, and restore our own tags."""

from provisioner.actions.spec import ActionSpec, EndSignal, OperationContext
from provisioner.model.actions import Tag
from provisioner.model.departures import departure_tags, is_departure_tag
from provisioner.model.machines.cluster import Guest
from provisioner.pve.desktop_config import with_tags
from provisioner.pve.requests import own_config, write
from provisioner.pve.wire import Operation


def operation(action: Tag, context: OperationContext) -> Operation[None]:
    """Replace departure tags, restore ours, keep all others; refused when the VM changes in between (by its digest)."""
    config = yield from own_config(action, context.key, f"tag {action.desktop}")
    yield from write(action, with_tags(config, action.tags | action.marks, without=is_departure_tag), config)


def _reached(action: Tag, guest: Guest | None, _: str) -> bool:
    return guest is not None and departure_tags(guest.tags) == action.tags and action.marks <= guest.tags


SPEC = ActionSpec(ends=EndSignal.WRITTEN, operation=operation, reached=_reached, configures=True, gives_up=False)
"""A failed tag is retried without limit; the desktop does not count as failed."""
