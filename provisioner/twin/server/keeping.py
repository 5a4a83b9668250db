"""What a served twin keeps for its next start: port, certificates and token secrets, so that its clients find it again; and
its guests, in a file of their own. As after a power cut: they are there, and off.

Of the guests are kept: configuration (so notes and tags) and images. Lost: sessions, tasks and their logs, rights made over
the API, HA.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from provisioner.model.ids import Instant
from provisioner.model.machines.twin_spec import TwinSpec
from provisioner.twin.model.cluster import Cluster
from provisioner.twin.model.guests import TwinGuest
from provisioner.twin.model.storages import Volume
from provisioner.twin.server.state import TwinState
from provisioner.twin.server.tls import Certificates, usable_certificates

STATE_FILE = "twin.json"
GUESTS_FILE = "guests.json"
"""In the folder of a served twin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Of an earlier start in the same folder."""

    port: int | None = None
    certificates: Certificates | None = None
    tokens: dict[str, str]
    """`user@realm!id` -> secret."""

    def give_secrets(self, spec: TwinSpec) -> TwinSpec:
        """The spec with the secrets that its tokens had."""
        tokens = tuple(
            replace(token, secret=self.tokens.get(f"{token.user}!{token.name}", token.secret)) for token in spec.tokens
        )
        return replace(spec, tokens=tokens)


def kept_in(folder: Path, *, now: float) -> Kept:
    """What is there of an earlier start; `now` in seconds since the epoch, for the certificates' dates."""
    try:
        state = TwinState.read(folder / STATE_FILE)
    except (OSError, ValueError, TypeError):
        return Kept(tokens={})
    return Kept(port=state.port, certificates=usable_certificates(folder, now=now), tokens=dict(state.tokens))


def write_guests(cluster: Cluster, path: Path) -> None:
    """Write them, and the virtual time. Raises OSError."""
    guests = [_document(cluster, guest) for guest in cluster.guests.values() if not guest.template]
    draft = path.with_name(f".{path.name}")
    draft.write_text(json.dumps({"at": cluster.events.now, "guests": guests}, indent=1), encoding="utf-8")
    draft.replace(path)


def read_guests(path: Path) -> tuple[Instant, list[Mapping[str, Any]]]:
    """The virtual time at the end, and the guests; nothing if the file is not there. Raises ValueError for another file."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        return float(document["at"]), list(document["guests"])
    except FileNotFoundError:
        return 0.0, []
    except (KeyError, TypeError) as error:
        raise ValueError(f"{path}: holds no guests of a twin") from error


def restore_guests(cluster: Cluster, guests: list[Mapping[str, Any]]) -> None:
    """Add those whose VMID is free and whose node and storages the cluster has."""
    for document in guests:
        volumes = {key: Volume(**volume) for key, volume in document["volumes"].items()}
        places = {(document["node"], volume.storage) for volume in volumes.values()}
        if document["vmid"] not in cluster.guests and document["node"] in cluster.nodes and places <= cluster.domains.keys():
            _add(cluster, document, volumes)


def _document(cluster: Cluster, guest: TwinGuest) -> dict[str, object]:
    return {
        "vmid": guest.vmid,
        "node": guest.node,
        "config": guest.config,
        "volumes": {key: asdict(volume) for key, volume in guest.volumes.items()},
        "desktop": guest.desktop,
        "set_up": guest.setup_left_s == [],
        "pool": cluster.pool_of.get(guest.vmid),
    }


def _add(cluster: Cluster, document: Mapping[str, Any], volumes: Mapping[str, Volume]) -> None:
    guest = cluster.add_guest(document["vmid"], document["node"])
    guest.config = dict(document["config"])
    guest.desktop = document["desktop"]
    guest.setup_left_s = [] if document["set_up"] else None
    for key, volume in volumes.items():
        cluster.add_image(guest, key, volume=volume)
    if document["pool"] in cluster.pools:
        cluster.put_in_pool(guest.vmid, document["pool"])
    guest.changed()
    guest.known_for_long()
