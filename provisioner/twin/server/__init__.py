"""The twin behind HTTPS on loopback, for the demo, for tests, and for any other client of Proxmox VE.

* `serve` is the server process, `process` starts it, if the extra `twin` is installed; `state` is the file with its address and
  secrets; `keeping`: what its next start takes over;
* `http` and `pveproxy` behave like Proxmox VE's own server, and serve the true state, the time, and faults on demand;
  `receiver` sends what desktops push to a receiver, and their questions; `tls` makes certificates;
* for whoever plays a bad morning: `inventory`: each node, storage and desktop as it is; `breakdowns`: faults on demand that
  last until they are mended, and the paths that serve both. `process.ask_twin` asks for them; `bascule twin truth`, `break` and
  `mend` do.

The top layer of the twin. aiohttp is only imported here, and in no module that other packages import: it comes with the extra
`twin` (`pip install 'bascule[twin]'`).
"""
