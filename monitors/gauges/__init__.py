"""The metrics, in rooms: one file for each subject, in which each metric stands with the function that reads its values.

Imports `metric`, `words`, `census`, `sessions`, `stages`, the model and the list of what is wrong only. No call to a cluster or
to the store.

`wrong` (the list), `desktops`, `waves`, `sessions`, `leavers`, `capacity`, `ceilings`, `nodes`, `locks`, `work`, `api` (of
Proxmox VE), `directory`, `cycle`, `operators` (intents, safety, drift), `config`, `daemon` (its API, journal and
certificates), `pools` (of desktops that are lent), `autoscale` (pools that follow their people), `rotation`
(half-days in turn). Those of capabilities are in `provisioner/capabilities/`.

To add a metric: declare it in its room; to add a room: its file, and its line in `table`. If the status lacks the fact, see
ARCHITECTURE.md. It is on a panel of a dashboard (`config/grafana/`), or `tests/wall/unshown.py` says why
not. Then `.venv/bin/python -m monitors.catalogue` writes docs/en/metrics.md. Never a label with an agent or a desktop.
"""
