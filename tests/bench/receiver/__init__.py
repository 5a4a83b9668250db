"""The receiver's own cost, beside a bare TLS echo; and what its load costs the daemon's control thread. All of it in one run.

* `run`: the part, which is also the desktops: they push as bascule-guest does, each time on a connection of its own;
* `desktops`: who they are, and what they send when; `pushing`: sends it;
* processes: `echo`: the bare TLS echo; `daemon_side`: the control thread of a site at rest, with the receiver's socket.
"""
