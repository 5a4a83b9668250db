"""YAML files to frozen values: pydantic stops here, and every problem of every file is told at once, with its place.

May read files and the given environment; opens no connection and knows no clock. A message quotes names (of keys, files,
variables, profiles, clusters, waves), never a value that it refuses: that value may be a secret.
"""
