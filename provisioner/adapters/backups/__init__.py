"""Backup files: a gzipped tar with a manifest, the configuration's files and a copy of the store.

On request encrypted as an age file (age-encryption.org, v1): `age -d` opens it on a machine without Bascule. The content of a
file is not trusted.

* `manifest`: origin and owners of the files; `archive`: the members; `sealing`: encryption.

May import `errors` and `reasons`; knows no store and no settings. To add a member: in `archive`, with its place in `manifest`.
"""
