"""The log.

* `messages`: the texts; `lines`: a line as a value, and those of single desktops;
* `structured`: JSON or text for people; hides people's names behind `pseudonyms`, also in lines of libraries.

To add a line: in `messages`. Operators search for its form `subject: text`. May import `ports`, `model` and `reasons`.
"""
