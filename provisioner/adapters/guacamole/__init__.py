"""Apache Guacamole: people use their desktops in a browser.

* `grants`: the port `GrantMaker`, for its extension `guacamole-auth-json`.

Imports cryptography. May import `ports`, `settings`, `model`, `reasons`, `errors`.
"""
