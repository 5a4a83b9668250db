"""The `bascule` command: a noun and a verb (`grammar`), a file for each or for several, and the only package that prints. It
decides nothing.

May import everything below it.

* `entry`: where the process begins; `app`: finds and runs a command; `grammar`: which commands there are, and where each
  function stands; `added`: verbs of capabilities; `command_table`: the commands as stated in `command_table.json`, which
  `command_stating` writes; `choices`:
  the words that options take; `framework`: adapts typer, and translates its complaints; `help_page` prints them, and pages.
* `output`: prints lines, tables, JSON and errors; `terminal`: whether one reads them; `styled` (rich): what has columns or
  colours, `folding` what is wider than the terminal; `times`: the only module that turns an instant into words; `deadlines`
  and `moments`: times that people write; `confirm` asks before an order.
* `site`: the configuration of the site, whose clock counts; `store_access`: its store, also if the rest is faulty.
* `scenario` explains a scenario: `scenario_lines`, with `scenario_dates`, `scenario_people` and `rotation_lines`.
* `desktop_named`: which desktop a help desk means; `desktop_orders`: its orders.
* `daemon_client` asks the running daemon; `documents`: the types of its answers, so that mypy refuses a key
  that it never sends; `reading`: commands that show one of its documents, or with `--offline` the same document computed here
  (`offline`); `liveness`: whether a daemon hangs, and how old another picture is; `watching`: `--watch`.
* `ordering` gives orders to the daemon, and says that nothing was ordered if there is none; `concerned`: to how many people
  what would be done.
* `report` writes reports: `report_surge` and `report_capacity` (as tables), `report_tables` (what a report is), `report_files`
  (where it goes), `kept` (from the daemon or the store), `report_html` (with the pages in `report_pages/`),
  `report_csv`, `report_drawing`; `clock_ticks`: axes.
* `why`, with `why_parts`, `why_places`, `why_seat`, `why_lent` and `pool_lines` (pools): why something is as it is.
* `person`: one person, for the telephone.
* `trial_round`: real desktops, made, reached and deleted.
* `surge` steers the surge; `surge_terms`: what its orders say besides; `surge_lines`: how far it is; `shortage_lines`: when not
  all fit; `ceiling_lines`; `surge_comparison`: two scenarios; `surge_sheet`: the page for those who decide, from `sheet_facts`
  and `sheet_lines`; `surge_people`: who gets a desktop when.
* `config_reload`: the daemon reads its configuration again; `twin_play`: what really is on a served twin, broken and mended.
* `status_text`: lines of `status`; `document_rows` and `reason_lines`: documents as
  rows and lines. `*_rows`, `*_figures` and `*_lines` turn values into rows, documents and lines.

What people read is translated (`provisioner.texts`), what `--json` prints is a document of `views`, in English. A row holds
reasons and words of the model, and `print_table` translates them.

Orders go to the daemon, which says what could come of them. Only `freeze` and `thaw` do something without one.

To add a command: a function, its line under its noun in `grammar` (of a capability: its `commands.py`), and `make schema`, as
after every change of an option. Alone
stands only what one types in a hurry; a noun has two verbs at least, and one line of the help page, which fits a terminal
(tests/cli/test_grammar.py). The README's table is compared with the commands there are (tests/cli/test_commands.py).

A command's module is imported when the command runs: help pages, complaints about a wrong call and completion read the table
alone. So an enumeration that an option takes stands in `choices`. An import at the top of a module that every command loads
slows down all of them: so Alembic is imported when a migration runs, and paramiko when SSH is configured. `status`, `why`,
`person`, `freeze`, a help page and a wrong call cost at most twice what importing typer costs (tests/bench/commands.py), and
what they load is written down (tests/pins/goldens/loaded.txt). So words of an enumeration come from `model.words` and
`model.order_words`, and a value of the model, rich and http.client are imported where they are needed.
"""
