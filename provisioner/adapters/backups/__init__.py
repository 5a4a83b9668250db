"""Backup files: a gzipped tar with a manifest, the configuration's files, a copy of the store, and a proof of who made it.

On request encrypted as an age file (age-encryption.org, v1): `age -d` opens it on a machine without Bascule. The content of a
file is not trusted: it is read once from its beginning to its end, within limits, and nothing in it is used before that.

* `archive`: the members, and the manifest of where each belongs; `keys`: the proof that our key has made it, and encryption,
  which anybody can do for a public key, and which therefore proves nothing.

May import `errors`, `reasons`, `files` and `tar_stream`; knows no store and no settings. To add a member: in `archive`, with
its place in the manifest.
"""
