"""The twin's API: a request's way (`dispatch`), its route (`routes`), its parameters (`schema`, `schema_formats`), its
`endpoints/`.

May import `twin/access`, `twin/model` and what is below them. `apischema.json` is distilled from what Proxmox VE publishes
of itself.
"""
