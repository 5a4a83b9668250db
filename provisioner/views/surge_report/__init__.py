"""The report of one run of a surge: what came of it, against what was planned. Pure, like all views.

* `facts`: what it is made from, as the store keeps it; `document`: the whole; its parts: `batches` (plan against actual),
  `events` (the timeline), `spells` (what was wrong, from when to when, by the journal), `failures` (and what desktops waited
  for), `predictions` (forecasts, and what came).

Anonymous unless names are asked for: no login, no name of a desktop, no operator, and no free words.
"""
