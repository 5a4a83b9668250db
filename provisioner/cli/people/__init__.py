"""People: `agent`, `person`, `directory`.

* `agent`: all, and their `connections`; `person`: one of them, on the telephone;
* `directory`: what a reading changes, and orders about that, as `directory_rows`; `who`: who an entry is; `rekey`: when ids
  have changed, as `rekey_rows`.
"""
