"""Write on a desktop what its departure is; put our own tags back."""

from provisioner.actions.spec import ActionSpec, EndSignal, OperationContext
from provisioner.model.actions import Tag
from provisioner.model.cluster import Guest
from provisioner.model.departures import departure_tags, is_departure_tag
from provisioner.pve.desktop_config import with_tags
from provisioner.pve.requests import own_config, write
from provisioner.pve.wire import Operation


def operation(action: Tag, hands: OperationContext) -> Operation[None]:
    """Replace a departure's tags, put ours back, keep all others; refused, by its digest, where it is changed meanwhile."""
    config = yield from own_config(action, hands.key, f"tag {action.desktop}")
    yield from write(action, with_tags(config, action.tags | action.marks, without=is_departure_tag), config)


def _reached(action: Tag, guest: Guest | None, _: str) -> bool:
    return guest is not None and departure_tags(guest.tags) == action.tags and action.marks <= guest.tags


SPEC = ActionSpec(ends=EndSignal.WRITTEN, operation=operation, reached=_reached, configures=True, gives_up=False)
"""What cannot be tagged is kept: it is tried again and again, and is no failed desktop."""
