"""The `bascule` command: one file a group of commands, and the only place that prints. It decides nothing."""
