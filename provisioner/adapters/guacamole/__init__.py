"""Apache Guacamole: people use their desktops in a browser.

* `grants`: the port `GrantMaker`, for its extension `guacamole-auth-json`.
* `connections`: the port `ConnectionServer`, over `requests_to` (one request of its REST API) and `contents` (connections as
  JSON; pure).

Imports cryptography and requests. May import `ports`, `settings`, `model`, `reasons`, `errors`, and `whole_answers`.

What the API takes and answers is as in the source of version 1.6 (`guacamole/src/main/java/org/apache/guacamole/rest`). It has
names of its own for a person without rights and a wrong token: both are 403. No list has pages.
"""
