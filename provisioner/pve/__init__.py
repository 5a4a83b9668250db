"""Proxmox VE's own vocabulary, pure: requests, answers, error texts, task ids, and each operation as a generator of requests.

No I/O: an operation yields requests and is sent answers. The proxmox adapter drives it over HTTPS, the virtual twin over its
event heap, so both speak the very same protocol.
"""
