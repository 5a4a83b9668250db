"""The `bascule` command: a noun and a verb (`grammar`), a file for each or for several, and the only package that prints. It
decides nothing.

May import everything below it.

A folder for each noun, or for several: `check`, `desktop`, `forecast`, `installing` (init, config, store, service, demo, twin),
`operating` (status, freeze, node, pool), `people` (agent, person, directory), `report`, `scenario`, `surge`, `why`. Here is
what they have in common:

* `entry`: where the process begins; `app`: finds and runs a command; `grammar`: which commands there are, and where each
  function stands; `added`: verbs of capabilities; `command_table`: the commands as stated in `command_table.json`, which
  `command_stating` writes; `choices`: the words that options take; `framework`: adapts typer, and translates its complaints;
  `help_page` prints them, and pages; `completion`; `man`;
* `output`: prints lines, tables, JSON and errors; `terminal`: whether one reads them; `styled` (rich): what has columns or
  colours, `folding` what is wider than the terminal; `times`: the only module that turns an instant into words, by `clocks`;
  `deadlines` and `moments`: times that people write; `confirm` asks before an order;
* `site`: the configuration of the site, whose clock counts; `store_access`: its store, also if the rest is faulty;
* `daemon_client` asks the running daemon; `documents`: the types of its answers, so that mypy refuses a key that it never
  sends; `reading`: commands that show one of its documents, or with `--offline` the same document computed here (`offline`);
  `liveness`: whether a daemon hangs, and how old another picture is; `watching`: `--watch`;
* `ordering` gives orders to the daemon, and says that nothing was ordered if there is none; `concerned`: to how many people
  what would be done;
* lines and rows that several nouns show: `document_rows`, `reason_lines`, `why_parts`, `capacity_rows`, `ceiling_lines`,
  `finding_lines`, `fit_lines`, `pool_lines`, `shortage_lines`.

What people read is translated (`provisioner.texts`), what `--json` prints is a document of `views`, in English. A row holds
reasons and words of the model, and `print_table` translates them.

Orders go to the daemon, which says what could come of them. Only `freeze` and `thaw` do something without one.

To add a command: a function, its line under its noun in `grammar` (of a capability: its `commands.py`), and `make pins`, as
after every change of an option. Alone stands only what one types in a hurry; a noun has two verbs at least, and one line of the
help page, which fits a terminal (tests/cli/test_grammar.py). docs/en/which-command.md is compared with the commands there
are (tests/cli/test_commands.py).

A command's module is imported when the command runs: help pages, complaints about a wrong call and completion read the table
alone. So an enumeration that an option takes stands in `choices`. An import at the top of a module that every command loads
slows down all of them: so Alembic is imported when a migration runs, and paramiko when SSH is configured. `status`, `why`,
`person`, `freeze`, a help page and a wrong call cost at most twice what importing typer costs (tests/bench/commands.py), and
what they load is written down (tests/pins/goldens/loaded.txt). So words of an enumeration come from `model.words` and
`model.order_words`, and a value of the model, rich and http.client are imported where they are needed.
"""
