"""The dashboards as code: `python -m tests.wall` writes them to config/grafana/dashboards/, in English and French.

* `palette`: colours that colour-blind people tell apart; `texts`: a text in both languages, and words of labels in French;
* `colours`: how colour-blind people see them; `shipped`: the written files as data; `recorded`: a surge with its truth;
  `fired`: the alerts that it raises; `hostile`, with `hostile_site`, `hostile_people`, `hostile_truth` and `hostile_alerts`: a
  longer one on which all goes wrong; `pictures`, `rendered`: docs/pictures, drawn with Grafana's own components (`grafana/`);
* `parts`: panels and queries; `making`: what Grafana's SDK makes of them;
* `crisis`, `waves`, `capacity`, `locks`, `sessions`, `directory`, `daemon`, `readiness`,
  `around`: one dashboard each; `everything`: all of them; `pools`, `people`, `ahead`, `boots`, `troubles`: panels of theirs;
  `unshown`: metrics that are on none, and why.

To add a panel: a line in its dashboard, then `python -m tests.wall`. The tests run every query on a real Prometheus that has
scraped a surge (`recorded`), and look for faults in the JSON.
"""
