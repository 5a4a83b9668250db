"""The reconciler, unchanged, on twins in virtual time: a night's switch in seconds. It writes to no cluster and no store.

* `mirror` makes a twin from an observed cluster, `present_desktops` puts the desktops into it that are there already, `stages`
  puts both together; `beginning` says in which run it begins; `rehearse` runs the reconciler on it, `watch` hears what comes;
* `shared_seats`: which seats of pools and half-days are waited for, and when each was met;
* `measuring` collects what a cluster shows; `evidence` guesses how it works, each guess as likely as it explains that;
  `priors` has what is supposed before; `durations` makes twins of them; `recalling` gives a rehearsal the daemon's memory;
* `ensemble` has all rehearsals of one forecast: their `bands`, and `binding`, what doubling each resource would bring;
* `fitting`: who of each wave is served in time, what limits it, and the largest wave that would be; `additions`: what a little
  more of something would bring;
* `scores` compares earlier forecasts with what came;
* `forecast` is the result, with that of each of the `waves`; `levels` compares the levels of preparation;
* `bound`: what the hardware allows at best; `storage_trials`: clones under one lock.

May import the reconciler, planning, execution, the twin and what is below them. Add no special cases: where a rehearsal differs
from the daemon, correct the twin or the reconciler. To add a figure: a field of `Forecast`, filled in `forecast_of`.
"""
