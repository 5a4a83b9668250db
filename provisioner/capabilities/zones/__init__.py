"""Publishes the desktops' names and addresses in DNS.

A reconciler of its own: what is to be published follows from the last status, what is published is read, and the difference is
written. A failure of one zone holds up no other zone and nothing else.

* `model`: records, changes, how far a zone is, and the port `ZoneServer`; `settings`: the section `dns`; `reasons`;
* `decide`: the records that a status wants in each zone, the changes of one zone, and the names that belong to others; pure;
* `work`: one round of one zone, and the thread that makes them;
* `outside`: a zone on its primary server, read by zone transfer (AXFR), written by dynamic updates (RFC 2136),
  both with TSIG;
* `views`, `lines`, `findings` (of `bascule check`), `gauges`.

Each name has a TXT record beside its address that says whose it is. A name without ours is never written to, and each write has
prerequisites: the server makes it only if the name is still as it was read.

To add a kind of record: `model.RecordKind`, and what it wants in `decide`.
"""
