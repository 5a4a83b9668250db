"""`forecast`: when everybody would be ready, and what would bind.

`command`: the forecast, played by `runs`; `figures`, `fits`, `levels`, `parts`, `verdict`: what it came to, as `lines` and as a
`picture`; `scores`: how right earlier ones were.
"""
