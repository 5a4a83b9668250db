"""The twin behind HTTPS on loopback, for the demo, for tests, and for any other client of Proxmox VE.

* `serve` is the server process, `process` starts it, `state` is the file with its address and secrets; `keeping` and
  `guests_file`: what its next start takes over;
* `http`, `requests` and `responses` behave like pveproxy; `control` serves its true state, its time, and faults on demand;
  `pushing` sends what desktops push to a receiver, `asking` their questions, both by `receiver`; `tls` makes its certificates;
  `extra` checks that the extra `twin` is installed.

The top layer of the twin. aiohttp is only imported here, and in no module that other packages import: it comes with the extra
`twin` (`pip install 'bascule[twin]'`).
"""
