"""What Bascule shows of itself: one metric table, the last picture as numbers, and the page that Prometheus reads.

It observes and issues no action: no call to a cluster, none to the store. Imports ports, model, settings and errors only.
"""
