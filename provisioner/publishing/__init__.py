"""Publishes what other systems have to know of desktops: their names and addresses in DNS, connections at a broker.

A reconciler of its own: what is to be published follows from the last status, what is published is read, and the difference is
written. It knows nothing of the cycle and orders nothing there; the cycle neither waits for it nor asks it. A failure of one
zone holds up no other zone and nothing else.

* `desired`: the records that a status wants in each zone; `difference`: the changes of one zone, and the names that belong to
  others. Pure.
* `rounds`: one round of one zone: read, compare, write; what is kept from one round to the next.
* `worker`: makes rounds, and hands out the states of the zones; `thread`: what runs it, and the next one.

May import `ports`, `model`, `reasons`, `errors`. The server of a zone is a port (`ports.ZoneServer`).

Each name has a TXT record beside its address that says whose it is. A name without ours is never written to, and each write has
prerequisites: the server makes it only if the name is still as it was read.

* `computers/`: desktops get computer accounts in their domain, and deleted desktops lose theirs.
* `notices/`: people are told that their desktop is ready, or by when it will be.
* `brokers/`: connections of people's own desktops at a broker.

To publish something else: a package of its own here, with its desired, its difference, its rounds.
"""
