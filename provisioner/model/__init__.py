"""Frozen values and the pure functions that belong to one value. Standard library only: no I/O, no clock, no randomness.

May import `errors`. Ids are types of their own (`ids`); words that metrics, journal and log carry are enums (`words`),
frozen by tests/model/test_words.py.

To add a value: a frozen, slotted, keyword-only dataclass in the file of its subject; a field's docstring gives its unit.
"""
