"""Settings with several values (`net0`, `agent`, `ipconfig0`): sets our values and keeps the others.

Proxmox VE replaces such a setting as a whole, so a write has to include the other values.
"""

from collections.abc import Mapping

_CARDS = frozenset(
    {"e1000", "e1000-82540em", "e1000-82544gc", "e1000-82545em", "e1000e", "i82551", "i82557b", "i82559er", "ne2k_isa",
     "ne2k_pci", "pcnet", "rtl8139", "virtio", "vmxnet3"}
)  # fmt: skip
"""Models of network cards. In `net0` the model is a key, and its value is the MAC address."""
_MODEL = "virtio"
"""Model if the template has no card: the fastest."""

Ours = Mapping[str, str | int | None]
"""Our values by name; None removes the value."""


def with_ours(text: str, ours: Ours, *, first: str = "") -> str:
    """The setting with our values. `first` is the name Proxmox VE omits before the first value."""
    return ",".join(f"{name}={value}" for name, value in {**_read(text, first=first), **ours}.items() if value is not None)


def network_card(text: str, *, mac: str, ours: Ours) -> str:
    """A card of the same model with our MAC address, with its values in Proxmox VE's order."""
    values = _read(text, first="model")
    model = next((name for name in values if name in _CARDS), values.get("model") or _MODEL)
    others = {name: value for name, value in values.items() if name not in (*_CARDS, "model", "macaddr")}
    return with_ours(f"{model}={mac}", dict(sorted({**others, **ours}.items())))


def _read(text: str, *, first: str) -> dict[str, str | int | None]:
    parts = (part.partition("=") for part in text.split(",") if part.strip())
    return {name if equals else first: value if equals else name for name, equals, value in parts}
