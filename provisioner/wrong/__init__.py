"""The list of what is wrong, or not known: made once a cycle, and read by everybody who says so. Pure.

* `entry` is an entry; `table`: how bad each kind of entry is, which runbook it has, and which of the `alerts` is made of it;
* the makers, each from the status alone: `clusters`, `directory`, `desktops`, `operating` (what waits for a person),
  `certificates`, `waiting` (what keeps people from their desktop, and does not pass by itself); `naming`: names in a text;
* `listing` makes the whole list, and says which entries keep the daemon from its work; `ADDED` there: what capabilities add;
  `keeping`: since when each entry stands; `seen`: which storages are seen now;
* `noted`: which entries the journal keeps, and which of them are the same trouble.

Who reads it decides nothing anew: `status` and its exit code, the API, `/readyz`, the metrics, the alerts. What was not asked,
not heard or is too old is an entry, never a good value.

May import `model`, `reasons`, `extensions`.

To add an entry: its text in `reasons.wrong`, its line in `table` with its alert, and the maker that yields it; `make pins`.
"""
