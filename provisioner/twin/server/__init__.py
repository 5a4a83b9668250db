"""The twin behind HTTPS on loopback, for the demo, for tests, and for any other client of Proxmox VE.

* `serve` is the process, `process` starts it, `state` says where it is; `http`, `requests`, `responses` behave as pveproxy
  does; `control`: its hidden truth, its time, and failures on demand; `tls`: its certificates; `extra` says when they cannot.

The top floor of the twin. aiohttp is imported here alone, and by nothing that is imported from outside: it comes with the extra
`twin` (`pip install 'bascule[twin]'`).
"""
