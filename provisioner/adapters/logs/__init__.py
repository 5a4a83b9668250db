"""The log: what is said (`messages`; of single desktops, `desktop_lines`; of those without a report, `silence`), each as a
`line`, in which form (`structured`), and people's names hidden in it (`pseudonyms`).

To add a line: `messages`, the one place with the log's wording; its form `subject: text` is what operators search for.

* A person's names reach the log through `pseudonyms` alone: it is a step of every line, the libraries' lines too.
"""
