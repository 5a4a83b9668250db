"""Proxmox VE's HTTPS API, with proxmoxer: a token, the certificate always checked, one try per call.

* `hypervisor`: the ports; `transport`: one request; `session`: shared by all requests; whether one that failed was sent.

Requests and the parsing of answers are in `pve/`, which the twin shares. To add an operation: there. May import `actions`,
`pve`, `settings`, `ports`, `model`, `reasons` and `errors`.
"""
