"""The file that a backup is: a gzipped tar with a manifest, the configuration's files and a copy of the store.

Sealed on request as an age file (age-encryption.org, v1): `age -d` opens it on a machine without Bascule. What a file holds is
hostile until the right key has opened it.

* `manifest`: what it says of itself; `archive`: its members; `sealing`: locked and unlocked.

May import `errors`; knows no store and no settings.
"""
