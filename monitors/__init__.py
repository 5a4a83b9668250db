"""Monitoring: the table of metrics, the last status as numbers, and the page for Prometheus.

Only observes: no call to a cluster or to the store. Imports ports, model, settings, errors and extensions only;
`alerting_languages` the texts, too.

* `gauges/`: every metric, by subject, each with the function that reads its values; `metric`: how one is declared; `words`:
  values of labels; `table`: all of them in order; `catalogue`: docs/metrics.md;
* `facts`: what the daemon knows of itself;
* `summary` (gauges, from the status), `recorder` and `tally` (counters and histograms, from events), `census` (counts of
  desktops, updated as they change), `stages` (durations), `sessions`;
* `alerting`: the rules and the runbooks' index that are made of the list of what is wrong; `alerting_languages`: all rules in
  French;
* `exposition`, `server`, `connections`, `collector`, `page_text`: /metrics over HTTP; `health`: /healthz and /readyz.

To add a metric: the page of `gauges/`. Counters and histograms are counted by the `recorder`, too.
"""
