"""Where there is room: memory, cores, storage, numbers and addresses, and which node is best.

* `resources`: what is free on every node and storage, less what is on its way: `claims` (what desktops take), `hidden` (memory
  in use that no listing explains); `allocation`: VMIDs, names, addresses;
* `placement` ranks templates; `balance` levels what is left over nodes and locks; `capacity`: how many more fit, and what
  binds; `outages`: whose desktops have to be made again; `refusal`: why not.

May import `planning/roster`, `planning/inputs` and `pacing`. To add a resource: its word in `model/words` (`WaitsFor`,
`RESOURCES`), what is taken and left in `resources`, its part of `capacity`.

* Without balancing, a node with fast storage receives more clones than it can boot in time while other nodes run out of
  work. A node that would end later than the others gets no more (`balance`). Replacements for desktops of a dead node count
  from its death on.
* No listing says which storage a desktop lies on. Its disk is booked on the storages its node's own templates clone to, in
  equal shares; only a desktop moved to a node without templates is booked on all shared storages (`resources`).
"""
