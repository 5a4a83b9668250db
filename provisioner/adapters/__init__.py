"""Adapters: a package or a file for each outside system. Only they import vendor libraries. They do not import each other.

`ldap/` (directories), `sql/` (the store), `proxmox/` (clusters), `ssh` (guests), `logs/` (the log), `backups/` (backup
files), `rdp/` (connection files), `images/` (golden images), `prometheus` (figures of other systems), `logon_port` (of
desktops), `memory_store` (the store of a rehearsal); `whole_answers` (of HTTP) and `tar_stream`: within limits; every other
may use them.

May import `ledger`, `ports`, `settings`, `actions`, `pve`, `model`, `reasons`, `errors`. An adapter takes its section of the
settings, obeys its port's docstring (`ports`), raises each failure as the error that tells the caller's next step (`errors`)
with a reason (`reasons`), never sleeps and never retries.

To add an outside system: a Protocol in `ports`, a package or a file here and in the contract "Adapters do not know each other"
(pyproject.toml), its making in `daemon/composition`.
"""
