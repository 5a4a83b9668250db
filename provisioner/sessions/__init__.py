"""Who is logged on: what desktops say of themselves, by push and by pull, merged into one count. Pure: no clock, no I/O.

* `gate`: the one in front of all that comes from desktops: how often, and what a document may change (`model.guest_bounds` has
  the table of bounds); behind it
* `push`: a document that a desktop has sent, its signature, and whether it is that desktop's, and new; `questions`: what a
  desktop asks for itself, and the signature of the answer;
* `policies`: what becomes of sessions by rule and by order of the help desk, from one question of their desktop;
* `book`: each desktop's open sessions, from pushes and pulls; `timeline`: how many were open at once, and the most; on which
  days desktops were counted by reading alone; what metrics show of it;
* `evidence`: what capabilities know of people who use a desktop, beside it;
* `groups`: which profiles, sites, waves and pools of desktops are shown by themselves, and which are too small for that.

May import `model`, `reasons` and `extensions` only. Planning reads the reports that the store keeps; the reconciler feeds both
with the same documents, on a cluster and in virtual time.

Trust: a desktop makes 32 random bytes at each boot, in a file for root alone. Bascule reads it through the guest agent or by
the forced SSH command, so the hypervisor vouches for whose it is. A push is signed with it, and says nothing about any other
desktop. To add a source: a word in `book.SOURCES`, and a call of `SessionBook.hear`; a source that sees only some people
is a capability's `evidence`.
"""
