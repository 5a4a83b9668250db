"""Monitoring: the table of metrics, the last status as numbers, and the page for Prometheus.

Only observes: no call to a cluster or to the store. Imports ports, model, settings and errors only.

* `table`: every metric; `summary` (gauges, from the status), `recorder` and `tally` (counters and histograms, from events),
  `census` (counts of desktops, updated as they change), `stages` (durations), `sessions`;
* `exposition`, `server`, `connections`, `scrape`, `page`, `collector`: /metrics over HTTP; `health`: /healthz and /readyz.

To add a metric: a row in `table`, and its value in `summary` (gauge) or `recorder` (counter or histogram). Never a label with
an agent or a desktop.
"""
