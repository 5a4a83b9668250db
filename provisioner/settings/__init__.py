"""YAML files to frozen values: pydantic stops here, and every problem of every file is told at once, with its place.

May read files and the given environment; opens no connection, knows no clock, and never quotes a value that it refuses,
since that value may be a secret.
"""
