"""The demonstration: an invented département, its site on disk, and what the demonstration came to. `bascule demo` runs it.

* `people`: the agents as an LDIF file would list them, the same on every machine; tests use them too;
* `site`: directory, twin and configuration, written into one folder;
* `receiver`: the process that takes what the twin's desktops push;
* `outage`: of its directory, played;
* `summary`: the result, compared with the twin's hidden truth.

May import the daemon and everything below it. It prints nothing: that is the command's part.
"""
