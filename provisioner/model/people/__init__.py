"""Agents: who they are, what names them, and which profile of desktop they get.

`agents`, `distinguished_names`, `plain_text`; `mentions`: where a text names somebody; `profiles`: kinds of desktops, and
whom they are for.
"""
