"""The list of what is wrong, or not known: made once a cycle, and read by everybody who says so. Pure.

* `entry` is an entry; `table`: how bad each kind of entry is, and which runbook it has;
* the makers, each from the status alone: `clusters`, `directory`, `desktops`, `operating` (what waits for a person);
* `listing` makes the whole list, and says which entries keep the daemon from its work; `ADDED` there: what capabilities add;
  `keeping`: since when each entry stands.

Who reads it decides nothing anew: `status` and its exit code, the API, `/readyz`, the metrics. What was not asked, not heard or
is too old is an entry, never a good value.

May import `model`, `reasons`, `extensions`.

To add an entry: its text in `reasons.wrong`, its line in `table`, and the maker that yields it.
"""
