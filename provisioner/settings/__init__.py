"""YAML files to frozen values. Every problem of every file is reported at once, with its place; pydantic is used here only.

Reads files and the environment that it is given; opens no connection and knows no clock. A message quotes names (of keys,
files, variables, profiles, clusters, waves), never a refused value: that value may be a secret. Messages are reasons:
`reasons/files` and `reasons/settings`.

* documents (pydantic models) say what a file may hold, values what is made of it: `documents` and `values`,
  `directory_documents` and `directory`, `sections` (those of capabilities), `profile`,
  `pool_documents`, `scenario_documents` and `scenario` (with `scenario_checks`, `scenario_people`, `scenario_times`,
  and `rotation`), `calendar`, `twin_documents`, `twin_faults` and `twins`;
  `site_zone`: by whose clock people read times; `headers`: those of the API; parts of several documents: `fields`,
  `addresses`, `secret`, `who`;
* from files to values: `bascule` (the whole configuration) reads with `config_files`, checks with `cross_checks` and builds
  with `building`; `reading` is their tool (files are read by `provisioner/named_files.py`); `store_access` reads only what is
  needed to reach the store, or what the receiver needs, `freeze_place` only where the freeze file is;
* what is wrong, and where: `yaml_lines`, `checking`, `wording`, `problems`;
* `reload`: what differs between two configurations, and what a running daemon applies; `schemas`: for editors; `shipped`: the
  configuration in the package.

To add a key: its field with unit, reason and bounds (`model/bounds`) in the value, then `make schema`. Texts, lists, files and
secrets have a form of their own in files: declare them in the document as well, by `like`. A field of `values.Settings` also
says whether a reload applies it (`reload`). To add a check: its message in `reasons/`, raised in a validator as
`ValueError(KIND())`, or given to `Section.complain`.
"""
