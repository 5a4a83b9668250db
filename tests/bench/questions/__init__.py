"""Hidden questions: forecasts about drawn clusters, which know what a daemon would know and no more, against what comes.

`kinds`: what is asked, and when. `known`: what a daemon has measured and seen by then. `judged`: the answer beside what came.
`run`: many of them, and the figures over all.
"""
