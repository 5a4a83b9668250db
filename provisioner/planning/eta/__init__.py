"""When each wave will be ready, and what makes it late: estimated every half minute, from what this cluster has measured.

* `watch`: the estimates that a daemon keeps, and what is to be said of them;
* `waves`: the estimate of each wave, its band and its cause;
* `revisions`: how far the estimates of the last minutes were off;
* `deadline_order`: whether the batch that is due first goes first;
* `work`: the work that is left; `yard`: where it is done, and with what; `queue`: when.

May import `steps` and what is below it, for the boots in progress. It decides nothing but the order of the waves.

* An estimate is what placing computes, too (`placement/balance`): work that flows through locks and nodes, each at the speed
  that it has shown. A rehearsal is exact, and of 1,700 desktops it takes a processor some seconds, nine times for a band: it
  would need a process of its own, and its answer would be old when it comes. This costs the control thread milliseconds. How
  far it was off shows in its own earlier estimates, and makes its band wider.
* A batch that waits for somebody (a gate, an order) is taken to go on now, and in the worst case in ten minutes: so it is late
  while there is still time for somebody to act. Single desktops that wait for somebody have no time, and are in no band.
* Boots differ by chance, and a wave is ready when its last one is: by how much they differ is measured, of each node's latest.
"""
