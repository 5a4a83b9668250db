"""The daemon's API over HTTP: on a Unix socket always, over TCP with TLS and tokens if configured. It decides nothing.

* `site`: what the daemon gives to it; `app`: the application; `reading` (documents), `questions` (answers by status code),
  `writing` (orders), `reloading` (of the configuration), `lending` (of desktops of pools), `idempotency` (none of them twice),
  `events` and `feed` (the journal as it is written),
  `request` (what every route needs), `contract` (the OpenAPI document), `answers` (the same as types, for commands);
* who asks, and what they may: `callers` (roles), `peers` (the process at the other end of the socket), `tokens`
  (over TCP), `identity`, `rights` (which role each route and each order needs);
* answers: `encoding` (documents as JSON, each made once), `language` (of the texts), `refusals` (why not);
* the server: `server` (its thread), `door` (TLS handshakes, a few at once, by turns of their addresses: `places`),
  `protocol` (deadlines and the number of connections), `limits` (of a request's body and of an answer's time), `listening`
  (the socket's file).

May import `views`, `texts`, `settings`, `ports`, `model`, `reasons`, `errors`; no adapter, no planning, no reconciler: the
daemon connects them.

* The control thread waits for nobody here: it puts frozen values into a place (`site.Noticeboard`), and the server's one thread
  makes documents of them.
* Whoever asks is known by the kernel (SO_PEERCRED) or by a token, never by what the request says.
* Everything is bounded: connections, heads, bodies, answers, streams. Nobody, and whoever may nothing, is answered before
  the body is read.

To add a resource: its document in `views/`, its line in `views/resources`, its route in `reading` with its role, then `make
pins`.
"""
