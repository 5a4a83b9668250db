"""A site is set up, configured, run and kept.

* `init` writes a site's files: `init_asking` (questions), `init_access` (a cluster's endpoints and token), `init_receiver`,
  `init_showing`;
* `config`: what is in force, and what is on disk; `config_reload`: the daemon reads them again; `config_token`;
* `store`: `store_status`, `store_backup`, `store_accept`, `store_retire`;
* `service` runs the daemon, `receiver` what desktops push to; `demo`; `twin` serves one, `twin_play` breaks and mends it;
* `docs` shows the documents.
"""
