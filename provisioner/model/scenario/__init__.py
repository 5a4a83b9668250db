"""The switch: its waves, their times, and its runs.

* `scenarios` > `calendars`, `ceilings`, `gates` (with `gate_condition`, and `conditions/`); `rotation` and `half_days` (people
  who share desktops);
* `surges`: runs; `progress`: of a run; `etas`: when a wave will be ready.
"""
