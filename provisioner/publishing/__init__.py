"""Publishes what other systems have to know of desktops: connections at a broker.

A reconciler of its own: what is to be published follows from the last status, what is published is read, and the difference is
written. It knows nothing of the cycle and orders nothing there; the cycle neither waits for it nor asks it.

* `thread`: what makes a round when desktops have come or gone, and at each interval.
* `brokers/`: connections of people's own desktops at a broker.

May import `ports`, `model`, `reasons`, `errors`. To publish something else: a folder of `capabilities/`.
"""
