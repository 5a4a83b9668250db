"""How many desktops a pool is to have, so that few people wait and few desktops run for nothing. Pure: no clock, no chance.

* `stock`: how many free desktops make at most a share of the people wait;
* `present`: what the last minutes show; `standby`: how many free desktops wait for a rush at an hour that no earlier day had;
* `demand`: how many people come within a lead time, learned from earlier days and from the last minutes;
* `targets`: how many desktops run and exist, with hysteresis; `decision`: what is done about which desktop;
  `seats`: the same as what is wanted of each seat;
* `uses`: what each desktop is doing, what has come of earlier decisions, and how long boots and clones take;
* `rounds`: all of it in each cycle, for pools with `autoscale` in bascule.yaml, in force or in shadow: the reconciler keeps it.

May import `demand`, `lending`, `model`, `reasons` and `errors`. The values are in `model/autoscale` and `model/session_counts`.
To add a rule of a pool: its field in `AutoscaleRules`, its meaning in `targets`, and rows of `tests/bench/autoscale`, which
plays 200 weeks against it, and of `tests/bench/unusual`.
"""
