"""What gates can ask for: one file each, with its key in scenarios, its parsing, its question, its sentence and its strictness.

To add a condition: a file here with a `CONDITION`, and its reasons in `reasons/surges.py`. No code lists it: the
schema, `bascule check`, the store, plans, forecasts, `explain` and `surge diff` take every file of this folder. Then
`make pins`, an example in docs/en/scenarios.md, and one in tests/settings/every_key.py.
"""
