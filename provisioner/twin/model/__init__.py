"""The state of one virtual cluster: nodes, storages and locks, guests, tasks, people at their desktops.

* `cluster` holds all the others; `locks` decide how fast clones are; `running_tasks` begins and ends tasks on nodes.
* `datacenter` is what the twin only shows: bridges, backup jobs, certificates.
* `listed` is the last list of all guests.
* `first_boot` is what a clone does then: its setup, with restarts or a failure, and cloud-init.

May import `twin/protocol` and `twin/engine`. Endpoints change the state; nothing here knows a path or a user.
"""
