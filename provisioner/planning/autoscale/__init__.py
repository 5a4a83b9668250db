"""How many desktops a pool is to have, so that few people wait and few desktops run for nothing. Pure: no clock, no chance.

* `stock`: how many free desktops make at most one person in a hundred wait;
* `demand`: how many people come within a lead time, learned from earlier days and from the last minutes;
* `targets`: how many desktops run and exist, with hysteresis; `decision`: what is done about which desktop.

May import `model`, `reasons` and `errors`. The values are in `model/autoscale` and `model/arrivals`. To add a rule of a pool:
its field in `AutoscaleRules`, its meaning in `targets`, and a row of `tests/bench/autoscale`, which plays 200 weeks against it.

* No daemon asks it yet: a pool has the `size` and `spare` of bascule.yaml (`model/pools`). It needs the lends of each pool as
  arrivals that survive a restart, and what each seat does (`decision.counts_of`).
"""
