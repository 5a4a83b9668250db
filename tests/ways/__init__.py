"""The ways of values: which files of the product decide something with one person, or with one session."""
