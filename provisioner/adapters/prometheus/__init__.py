"""A Prometheus server: how many seats or licences are in use, one number for each query.

* `queries`: asks a query by HTTP; `numbers`: the number in an answer, which is hostile text until it is read. Pure.

An answer that is not exactly one number is a reason, and never a guess. See `ports.Figures`.
"""
