"""What Bascule can do beyond the core: a folder for each, with everything of it.

* `zones`: names and addresses of desktops in DNS; `domain`: computer accounts; `notices`: people are told.

A folder holds, under fixed names and each only if it is needed: `model` (values), `settings` (its section of bascule.yaml),
`reasons`, `decide` (pure), `work` (what it does beside the loop), `outside` (other systems; only this file imports their
libraries), `records` (its tables), `views` (documents of the API, and what waits for a person), `lines` (of `bascule status`),
`findings` (of `bascule check`), `gauges`. No capability imports another, and nothing else imports any: the core finds them by
these names (`extensions.Point`).

To add a capability: its folder, and its name here.
"""

NAMES = ("zones", "domain", "notices")
"""In this order they appear wherever there is an order."""
