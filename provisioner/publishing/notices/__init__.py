"""Tells people that their desktop is ready, or by when it will be: by mail and by webhook, once for each change.

A reconciler of its own, as the zones are: what is to be told follows from the last status, what was told is in the store, and
the difference is sent. Its failures hold up nothing else.

* `desired`: whom a status wants to be told what, with `half_days` (of a rotation); `outbox`: what is to be sent now, and what
  an answer means; all pure;
* `writing`: the letters, from the templates in `letters/`; `worker`: the thread.

Before a letter is sent, the store says so: after a kill it may have arrived, and is sent again with the same number. So nobody
is left out, and who is told twice gets the same letter twice. May import `ports`, `model`, `reasons`, `errors`.

To add a channel: the port `ports.NoticeChannel`, in `adapters/`. To add a kind: `model.notices.NoticeKind`, `desired`, and a
template in each language.
"""
