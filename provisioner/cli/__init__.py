"""The `bascule` command: one file a group of commands, and the only package that prints. It decides nothing.

May import everything below it. `output` prints tables, JSON and errors; `*_rows`, `*_figures` and `*_lines` turn values
into rows and documents and print nothing.

To add a command: a function in the file of its group, and a line in `app` if the group is new. The README's table of
commands is compared with the commands there are (tests/cli/test_commands.py).

* `entry` is where the process begins, `app` where a command is found and run. `app` imports a command's module when the command
  is called. An import at the top of a file that every command loads costs each of them: Alembic is imported when a migration
  runs, paramiko when SSH is configured.
"""
