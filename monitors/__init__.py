"""Monitoring: the table of metrics, the last status as numbers, and the page for Prometheus.

Only observes: no call to a cluster or to the store. Imports ports, model, settings, errors and extensions only;
`alerting` the texts, too.

* `gauges/`: every metric, by subject, each with the function that reads its values; `metric`: how one is declared; `words`:
  values of labels; `table`: all of them in order; `catalogue`: docs/en/metrics.md;
* `facts`: what the daemon knows of itself;
* `recorder` (gauges, from the status) and `tally` (counters and histograms, from events), `census` (counts of desktops and
  sessions, updated as they change), `stages` (durations);
* `alerting`: the rules and the runbooks' index that are made of the list of what is wrong, and all rules in French;
* `exposition`, `server`, `collector`: /metrics over HTTP; `health`: /healthz and /readyz.

To add a metric: the page of `gauges/`. Counters and histograms are counted by the `recorder`, too.
"""
