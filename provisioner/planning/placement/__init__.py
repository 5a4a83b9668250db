"""Where new desktops go: free memory, cores, storage, VMIDs and addresses, and which node is best.

* `resources`: free resources of every node and storage, less work under way: `claims` (resources of desktops), `hidden`
  (memory in use that no listing explains); `allocation`: VMIDs, names, addresses;
* `candidates`: where a profile's desktops can be made: node, storage and template (one on shared storage serves all nodes);
* `placement` ranks candidates; `balance` spreads the remaining work over nodes and locks; `survival`: room
  that is left to restart desktops of lost nodes; `outages`: when desktops of absent
  nodes are replaced, or wait for HA; `refusal`: why not; `moves`: where a desktop is
  moved to;
* `capacity/`: how many more desktops fit, and which resource is the limit.

May import `planning/roster`, `planning/inputs` and `pacing`. To add a resource: its word in `model/words` (`WaitsFor`,
`RESOURCES`), how it is taken in `resources`, its limit in `capacity`.

* Without balancing, a node with fast storage receives more clones than it can boot in time while other nodes run out of
  work. A node that would end later than the others gets no more (`balance`). Replacements for desktops of a dead node count
  from the moment the node is away.
* No listing says which storage a desktop lies on. Its disk is booked on the storages of its profile's candidates on its node,
  in equal shares; only a desktop moved to a node without candidates is booked on all shared storages (`resources`).
"""
