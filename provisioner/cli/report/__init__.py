"""`report`: what was, is and will be, as a table, CSV, JSON or a page.

* `command`: a surge, peaks, capacity; `plan`, `journal`, `drift`;
* `surge` and `capacity` as tables; `tables`: what a report is; `kept`: from the daemon or the store;
* `files`: where it goes; `comma` (CSV), `html` (with `pages/`), `drawing`; `clock_ticks`: axes.
"""
