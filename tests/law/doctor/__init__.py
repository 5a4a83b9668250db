"""The law of the doctor: `check` says that nobody would be made ready if, and only if, the daemon makes nobody ready.

* `site`: a drawn site in virtual time, as `init` would write it, with or without desktops from before;
* `breaking`: what breaks it, over everything that `check` looks at and everything that stops the daemon;
* `trying`: `check` on it, then the daemon started there, for the time that `check` names;
* `mutants`: what removed checks come to;
* `python -m tests.law.doctor --seeds 1-300`.

There is no law where nobody is wanted now: a wave in the future, a scenario that waits for an order, everybody served. What
costs a part of the people only is a fault of its own, and no matter of the law. What only a desktop that boots can show, such
as an image without guest agent, is a matter of `check --trial`: its trial has to fail.
"""
