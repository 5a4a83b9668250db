"""Proxmox VE's own vocabulary, pure: requests, answers, error texts, task ids; each question as a generator of requests.

No I/O: an operation yields requests and is sent answers. The proxmox adapter drives it over HTTPS, the virtual twin over
its event heap, so both speak the very same protocol.

* `operations` asks, `parsing` reads; `requests`: pieces that operations are made of; `faults`: error texts; `wire`: one
  request and one answer; `desktop_config`: what a desktop's configuration is to say, in `property_strings`; `upid`,
  `volumes`, `privileges`: task ids, images, rights.

To add a question: a generator in `operations`; an action: `provisioner.actions`. To add an error text: a row in `faults`,
the recorded text in tests/contract/errors.json.

* Starts are ordered one by one, though Proxmox VE has a bulk start since 9.0.16 (`POST /cluster/bulk-action/guest/start`):
  its worker asks for each VM's status, starts it and then asks for its task every second, through the same API workers
  (read in pve-manager's source). One call less for us is five more for the cluster, and only that worker's log says why a
  start was refused.
"""
