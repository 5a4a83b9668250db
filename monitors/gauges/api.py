"""Requests to Proxmox VE."""

from monitors.metric import Room
from monitors.words import OUTCOMES, RequestAccess

ROOM = Room("Requests to Proxmox VE")

_REQUEST_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 3.0, 5.0, 10.0, 30.0, 35.0)
"""3 s: a dead guest agent or a 401; 10 s: a lock time-out; 30 s: pveproxy's time-out; 35 s: ours."""

REQUESTS = ROOM.counter(
    "api_requests_total",
    "cluster access outcome",
    help="Requests to Proxmox VE, by access (read or write) and class of outcome.",
    query='sum by (cluster, outcome) (rate(bascule_api_requests_total{outcome!="ok"}[5m])) > 0',
    zeros=lambda known: (
        (cluster, access.value, outcome) for cluster in known.clusters for access in RequestAccess for outcome in OUTCOMES
    ),
)
SECONDS = ROOM.histogram(
    "api_request_seconds",
    "cluster access",
    help="Duration of requests to Proxmox VE.",
    buckets=_REQUEST_BUCKETS,
    zeros=lambda known: ((cluster, access.value) for cluster in known.clusters for access in RequestAccess),
)
BYTES = ROOM.counter(
    "api_received_bytes_total",
    "cluster",
    help="Bytes of answers from Proxmox VE.",
    query="sum by (cluster) (rate(bascule_api_received_bytes_total[5m]))",
    zeros=lambda known: ((cluster,) for cluster in known.clusters),
)
