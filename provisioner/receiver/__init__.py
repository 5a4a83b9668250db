"""`bascule guest receiver`: takes what desktops push, over TLS, and hands it to the daemon. A process without any secret.

It has neither the API token nor the note key, nor the secrets that pushes are signed with: the daemon judges them
(`sessions.push`). Whoever takes it over can withhold pushes, delay them and lie about what it refused; it cannot make
a desktop say anything, nor play an old push back. Bascule then reads the desktops by itself, as without a receiver.

* `intake`: the application: checks the form of each push; puts what a desktop asks for itself to the daemon: a few at once, by
  turns of their addresses; the answer is signed for the desktop;
* `forwarding` keeps a push until the daemon has taken it, and hands batches over;
* `handover`: the daemon's side and the receiver's side of the Unix socket between them, as bytes;
* `serve`: the process; takes a push in the usual form at half the cost.

May import `api` (its server: deadlines, limits of connections and bodies), `sessions`, `settings`, `model`, `errors`.
"""
