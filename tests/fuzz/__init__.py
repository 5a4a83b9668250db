"""Orders and files by schema and by spite, over kills: none may end the daemon, none may be answered with 500.

`python -m tests.fuzz` plays all of it, a bounded part is in `test_fuzz.py`. Everything is in this process and in virtual time,
on a real application, order desk, store and reconciler; `--processes` does the same to a real daemon, with SIGKILL.
"""
