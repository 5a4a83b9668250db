"""YAML files to frozen values: pydantic stops here, and every problem of every file is reported at once, with its place.

May read files and the given environment; opens no connection and knows no clock. A message quotes names (of keys, files,
variables, profiles, clusters, waves), never a value that it refuses: that value may be a secret.

* documents (pydantic) say what a file may hold, values what it comes to: `documents` to `values`, `directory_documents` to
  `directory`, `profile`, `scenario`, `twin_documents` and `twin_faults` to `twins`;
* `yaml_lines`, `checking`, `wording`, `problems`: places and words of what is wrong; `cross_checks`: what only shows
  between files.

To add a key: its field with unit, reason and bounds (`model/bounds`) in the value, then `make schema`. Only what files write in
a form of its own (texts, lists, files, secrets) is declared in the document as well, by `like`. A field of `values.Settings`
also says whether a reload takes it up (`reload`).
"""
