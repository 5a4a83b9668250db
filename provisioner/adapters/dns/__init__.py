"""DNS zones on their primary server: read by zone transfer (AXFR), written by dynamic updates (RFC 2136), both with TSIG.

* `zone`: the port `ZoneServer`; `messages`: updates with their prerequisites, and what an answer means.

Imports dnspython. May import `ports`, `model`, `reasons`, `errors`.

To add a kind of record: `model.zones.RecordKind`, and what it wants in `publishing.desired`.
"""
