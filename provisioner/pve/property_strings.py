"""Settings that hold several (`net0`, `agent`, `ipconfig0`): what is ours is changed in them, and all else stays as it was.

Proxmox VE replaces such a setting as a whole: whoever writes one value of it has to bring the others along.
"""

from collections.abc import Mapping

_CARDS = frozenset(
    {"e1000", "e1000-82540em", "e1000-82544gc", "e1000-82545em", "e1000e", "i82551", "i82557b", "i82559er", "ne2k_isa",
     "ne2k_pci", "pcnet", "rtl8139", "virtio", "vmxnet3"}
)  # fmt: skip
"""Models of network cards. One stands as a name of its own, and what it is set to is the card's address."""
_MODEL = "virtio"
"""Of a card where the template has none: the quickest."""

Ours = Mapping[str, str | int | None]
"""By name; None: taken out."""


def with_ours(text: str, ours: Ours, *, first: str = "") -> str:
    """The setting with our values in it. `first` is the name that Proxmox VE leaves out before the first value."""
    return ",".join(f"{name}={value}" for name, value in {**_read(text, first=first), **ours}.items() if value is not None)


def network_card(text: str, *, mac: str, ours: Ours) -> str:
    """A card of the same model at our address; in the order in which Proxmox VE keeps it."""
    found = _read(text, first="model")
    model = next((name for name in found if name in _CARDS), found.get("model") or _MODEL)
    kept = {name: value for name, value in found.items() if name not in (*_CARDS, "model", "macaddr")}
    return with_ours(f"{model}={mac}", dict(sorted({**kept, **ours}.items())))


def _read(text: str, *, first: str) -> dict[str, str | int | None]:
    parts = (part.partition("=") for part in text.split(",") if part.strip())
    return {name if equals else first: value if equals else name for name, equals, value in parts}
