"""Standing readiness and drills: which part of the people would have their desktop in time, and what came of trying it.

* `settings`: the section `readiness`; `work` asks each night, by the command, in a process of its own;
* `asking` checks and rehearses a site, `rule` makes one number of it, with its causes; `model`: what came of both;
* `history`: what is kept of them, for `gauges`, the API (`routes`, `documents`) and the `sheet` of a scenario;
* `commands`: `bascule surge readiness`, `bascule scenario drill`; `reasons`.
"""
