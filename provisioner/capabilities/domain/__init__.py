"""Computer accounts in the domain that desktops join.

* `joining`: an account for a desktop that asks, once it has proven which one it is: at its first boot, never before. Its
  password is made then, and kept nowhere. A service that the core asks for (`daemon.beside.JOIN`).
* `work`: the thread that removes accounts whose desktop is gone, and hands out how things are;
* `outside`: the accounts in the directory; `model`, `settings`, `reasons`, `views`, `lines`, `findings`, `gauges`.

An account has a text that says whose it is, as names in DNS have; without ours it is never changed.
"""
