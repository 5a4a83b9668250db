"""`scenario`: what a scenario says, in sentences, before it is started.

`command`: the commands; `lines`: all sentences, with `dates`, `people` (whom a wave selects) and `rotation_lines` (half-days).
"""
