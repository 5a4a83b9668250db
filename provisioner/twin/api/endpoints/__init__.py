"""The endpoints, one file for each subject. `registry` imports all of them, which fills the routing table.

Without paths of their own: `booting` (a guest from power on to its log-on port, also of boots of before), `ha_manager` (what HA
does by itself), `clone_checks`.

To add an endpoint: a function `handler(cluster, call)` under `@route(method, pattern)`. It returns the answer's data, or a
Later when virtual time passes before the answer, and raises ApiFault with Proxmox VE's own text.
"""
