"""Golden images: the files of a root, from a folder, a tar or a disk image. Nothing is mounted, and nothing is changed.

* `looking`: what a path is, and the root in a folder or a tar; `walking`: which files match a question; `disk` (by e2fsprogs'
  debugfs and util-linux' partx), `qcow2`.

What is in an image is not trusted: no link is followed, a text has at most `MOST_BYTES`, no other file is read, and what an
image says of its sizes is looked at before anything is taken for them.

May import `model`, `reasons` and `errors`. To add a format: a file here, and its case in `looking`.
"""
