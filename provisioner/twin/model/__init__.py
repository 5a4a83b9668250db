"""The state of one virtual cluster: nodes, storages and locks, guests, tasks, people at their desktops.

* `cluster` holds the rest; `locks` decide the speed; `running_tasks` begins and ends tasks on nodes.

May import `twin/protocol` and `twin/engine`. Endpoints change it; nothing here knows a path or a user.
"""
