"""Backup files: a gzipped tar with a manifest, the configuration's files, a copy of the store, and a proof of who made it.

On request encrypted as an age file (age-encryption.org, v1): `age -d` opens it on a machine without Bascule. The content of a
file is not trusted: it is read once from its beginning to its end, within limits, and nothing in it is used before that.

* `manifest`: origin and owners of the files; `archive`: the members; `proof`: whether our key has made it; `sealing`:
  encryption, which anybody can do for a public key, and which therefore proves nothing.

May import `errors`, `reasons`, `files` and `tar_stream`; knows no store and no settings. To add a member: in `archive`, with
its place in `manifest`.
"""
