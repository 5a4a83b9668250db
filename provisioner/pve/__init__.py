"""Proxmox VE's API, pure: requests, answers, error texts, task ids; each query is a generator of requests.

No I/O: an operation yields requests and receives answers. The proxmox adapter runs operations over HTTPS, the virtual twin on
its event heap, so both use the same protocol.

* `operations`: queries; `surroundings`: the doctor's, about what administrators have set up; `parsing`: answers;
  `requests`: building blocks of operations; `faults`: error texts; `wire`: one request and its answer; `desktop_config`: a
  desktop's configuration, with `desktop_settings` (what follows the profile, the tag that keeps it, and settings of several
  values); `volumes`, `privileges`: images, rights.

May import `model` and `errors`. To add a query: a generator in `operations`. To add an action: see `provisioner.actions`. To
add an error text: a row in `faults`, and the recorded text in tests/contract/errors.json.

* Bascule starts VMs one by one. Proxmox VE has a bulk start since 9.0.16 (`POST /cluster/bulk-action/guest/start`), but its
  worker queries each VM's status, starts it and then polls its task every second, through the same API workers (read in
  pve-manager's source). It would save us one call and cost the cluster five, and only that worker's log says why a start was
  refused.
"""
