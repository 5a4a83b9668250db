"""Connections of people's own desktops, kept up at a broker (Apache Guacamole), so that each person finds their desktop there.

* `model`: connections, what is known of a broker, and the port `ConnectionServer`; `settings`: the section `guacamole`;
  `reasons`;
* `decide`: the connections that a status wants, the steps for each desktop, and names that are others'; pure;
* `rounds`: one round: list, look, compare, write; what is kept from one round to the next; `work`: the thread that makes rounds
  and asks who is connected; grants for the core (`daemon.beside.GRANT`);
* `evidence`: who is connected keeps a desktop on, whatever it says itself;
* `outside`: the broker's connections, over `requests_to` (one request of its REST API) and `contents` (connections as JSON;
  pure); `grants`: texts by which a lent desktop is opened, for its extension `guacamole-auth-json`;
* `views`, `lines`, `findings` (of `bascule check`), `alerts`, `gauges`.

A connection is ours if it stands in our group and has our mark; every other one is left alone. What a broker says is believed
for an hour, then looked at again.

What the API takes and answers is as in the source of version 1.6 (`guacamole/src/main/java/org/apache/guacamole/rest`). It has
names of its own for a person without rights and a wrong token: both are 403. No list has pages.

To add a broker: a class that obeys the port.
"""
