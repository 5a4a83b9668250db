"""The state of one virtual cluster: nodes, storages and locks, guests, tasks, people at their desktops.

* `cluster` holds all the others; `locks` decide how fast clones are; `running_tasks` begins and ends tasks on nodes.
* `copies`: full clones at the same time share the bandwidth of storages.
* `datacenter` is what the twin only shows: bridges, backup jobs, certificates.
* `listed` is the last list of all guests.
* `ha` holds the guests under HA; `setup` is what a clone does during its first boot: restarts, a failure.

May import `twin/protocol` and `twin/engine`. Endpoints change the state; nothing here knows a path or a user.
"""
