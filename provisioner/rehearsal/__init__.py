"""The reconciler, unchanged, on twins in virtual time: a night's switch in seconds. It writes to no cluster and no store.

* `stages` makes a twin from an observed cluster, with the desktops that are there already; `beginning` says in which run it
  begins; `rehearse` runs the reconciler on it, `watch` hears what comes, also for seats of pools and half-days;
* `measuring` collects what a cluster shows, and gives a rehearsal the daemon's memory of it; `evidence` guesses how it works,
  each guess as likely as it explains that; `priors` has what is supposed before; `durations` makes twins of them;
* `ensemble` has all rehearsals of one forecast: their `bands`, and `binding`, what doubling each resource would bring; `bands`
  compares those of earlier forecasts with what came, too;
* `fitting`: who of each wave is served in time, what limits it, and the largest wave that would be; `additions`: what a little
  more of something would bring;
* `forecast` is the result, with that of each of the `waves`; `levels` compares the levels of preparation;
* `bound`: what the hardware allows at best; `storage_trials`: clones under one lock.

May import the reconciler, planning, execution, the twin and what is below them. Add no special cases: where a rehearsal differs
from the daemon, correct the twin or the reconciler. To add a figure: a field of `Forecast`, filled in `forecast_of`.
"""
