"""Translated texts. `python -m tests.texts.extract` (`make texts`) updates the catalogues."""
