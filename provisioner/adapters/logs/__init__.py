"""The log.

* `messages`: the texts; `desktop_lines`: of single desktops; `silence`: of desktops without a report; `line`: a value;
* `structured`: JSON or text for people; `pseudonyms`: hides people's names, also in lines of libraries.

To add a line: in `messages`. Operators search for its form `subject: text`. May import `ports`, `model` and `reasons`.
"""
