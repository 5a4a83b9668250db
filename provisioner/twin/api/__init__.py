"""The twin's API: handling of requests (`dispatch`), routing (`routes`), parameter checks (`schema`), and the `endpoints/`.

May import `twin/access`, `twin/model` and lower layers. `apischema.json` is extracted from the API description that Proxmox VE
publishes. To add an endpoint: see `endpoints/`.
"""
