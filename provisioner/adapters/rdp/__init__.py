"""Connection files (`.rdp`) for people's own computers: what they say, their signature, and the folder they are put into.

* `lines`: the settings of a file, in the order in which they are signed; pure.
* `signing`: the signature that Windows' `rdpsign` makes, and the file's bytes.
* `folder`: files written atomically, with no rights for others; only files with our mark are replaced or removed.

May import `model`, `errors` and `reasons`; knows no settings and no daemon.

Every line that a client acts on is signed, switched-off settings too: otherwise somebody could add the line that is missing. To
add a setting: in `lines`, with its name in the signature; a setting that `rdpsign` does not sign has no place there.
"""
