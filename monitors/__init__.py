"""What Bascule shows of itself: one metric table, the last status as numbers, and the page that Prometheus reads.

It observes and issues no action: no call to a cluster, none to the store. Imports ports, model, settings and errors only.

* `table`: every metric; `summary` (gauges, from the status), `recorder` and `tally` (counters and histograms, from events),
  `census` (desktops counted as they move), `stages` (durations), `sessions`;
* `exposition`, `server`, `connections`, `scrape`, `page`, `collector`: /metrics over HTTP; `health`: /healthz and /readyz.

To add a metric: one row in `table`; its value in `summary` (a gauge) or `recorder` (a counter or histogram). Never a label
per agent or desktop.
"""
