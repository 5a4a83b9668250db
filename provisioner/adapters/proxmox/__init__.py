"""Proxmox VE's HTTPS API, with proxmoxer: token alone, certificate always checked, one try a call.

* `hypervisor`: the ports; `transport`: one request; `session`: what all requests share; `failures`: whether a request was
  sent at all.

What is asked and how answers are read is in `pve/`, which the twin shares. To add an operation: there.
"""
