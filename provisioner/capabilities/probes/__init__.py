"""Desktops are reached as a person would: name, port, greeting, account, desktop; and what failures have in common.

* `work`: the thread that probes desktops while a surge is under way, and hands out what the results of the window say;
* `services`: probes of desktops of the daemon's document, for commands, trials and the standing readiness: the core's service
  `daemon.reaching.REACHING`; `commands`: `bascule desktop probe`;
* `decide/`: which desktop is probed next, and what failed probes have in common, pure; `outside/`: the steps over the wire;
* `model`, `settings`, `reasons`, `views`, `lines`, `alerts`, `gauges`.

The words of a probe, its steps and its result are the core's (`model.probes`). A profile's `probe: ssh` and the port that the
readiness of a desktop is read from are something else, and not here.
"""
