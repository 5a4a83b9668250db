"""Golden images: the files of a root, from a folder, a tar or a disk image. Nothing is mounted, and nothing is changed.

* `looking`: what a path is, and its root; `walking`: which files match a question; `folder`, `archive` (tar), `disk` (by
  e2fsprogs' debugfs, util-linux' partx, qemu-img).

What is in an image is not trusted: no link is followed, a text has at most `MOST_BYTES`.

May import `model`, `reasons` and `errors`. To add a format: a file here, and its case in `looking`.
"""
