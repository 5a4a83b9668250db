"""Advice to operators on how to shorten cloning, from measured locks. No plan depends on it. Pure.

* `lock_holds`: how long each lock is held for a clone; `layouts`: which locks a clone takes, and which drives keep a template's
  clones on its own node; `remedies`: possible changes of the layout; `advice`: how much each remedy would save.

May import `pacing` and lower layers. To add a remedy: a function in `remedies`, and its text in `reasons/storage`.
"""
