"""Tells people that their desktop is ready, or by when it will be: by mail and by webhook, once for each change.

A reconciler of its own, as the zones are: what is to be told follows from the last status, what was told is in the store, and
the difference is sent. Its failures hold up nothing else.

* `model`: what is told, how far that is, and the port `NoticeChannel`; `settings`: the section `notices`; `reasons`;
* `decide`: whom a status wants to be told what; `outbox`: what is to be sent now, and what an answer means; both pure;
* `writing`: the letters, from the templates in `letters/`; `work`: the thread; `records`: its table in the store; `gauges`;
* channels: `mail`: SMTP; `webhook`: a POST for each person. Neither raises: an answer says whether a letter was taken, will be
  taken later, will never be, or may have been. What a server says is not passed on: it repeats addresses.

Before a letter is sent, the store says so: after a kill it may have arrived, and is sent again with the same number. So nobody
is left out, and who is told twice gets the same letter twice.

To add a channel: the port `model.NoticeChannel`, a file here. To add a kind: `model.NoticeKind`, `decide`, and a
template in each language.
"""
