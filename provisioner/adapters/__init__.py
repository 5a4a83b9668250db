"""One outside system each, and the only importers of vendor libraries. They do not know each other.

`ldap/` (directories), `sql/` (the store), `proxmox/` (clusters), `ssh/` (guests), `logs/` (the log), `backups/` (the
file that a backup is), `memory_store` (the store of a rehearsal).

May import `ledger`, `ports`, `settings`, `pve`, `model`, `errors`. An adapter takes its section of the settings as it is,
obeys its port's docstring (`ports`), names each failure once by what the caller does next (`errors`), never sleeps and never
retries.

To add an outside system: a Protocol in `ports`, a package here and in the contract "Adapters do not know each other"
(pyproject.toml), its making in `daemon/composition`.
"""
