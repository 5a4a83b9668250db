"""What users and their programs see, as it is. A change by accident fails here; a change on purpose is a diff for the review.

* `goldens/`: help pages, the page of metrics at zero, codes of reasons with their arguments, alerts, and what commands load;
  `shown` and `loaded` make them; `python -m tests.pins` (`make pins`) writes them anew;
* `test_goldens`, `test_loaded`, `test_pickles` (values that other processes get).

Generated files that are shipped have a test of their own, beside their source: config/schema/ (OpenAPI, schemas), config/man/,
the table of commands, docs/en/commands.md, docs/en/metrics.md, docs/en/check.md. `make pins` writes these, too.
"""
