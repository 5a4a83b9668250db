"""Connections of people's own desktops, kept up at a broker, so that each person finds their desktop there.

* `desired`: the connections that a status wants; `difference`: the steps for each desktop, and names that are others'. Pure.
* `rounds`: one round: list, look, compare, write; what is kept from one round to the next.
* `worker`: the thread that makes rounds, asks who is connected, and hands out the state.

May import `ports`, `sessions`, `model`, `reasons`, `errors`. The broker is a port (`ports.ConnectionServer`).

A connection is ours if it stands in our group and has our mark; every other one is left alone. What a broker says is believed
for an hour, then looked at again.

To add a broker: an adapter that obeys the port.
"""
