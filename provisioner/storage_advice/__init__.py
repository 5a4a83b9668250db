"""What would shorten cloning: advice for people, from measured locks. No plan depends on it. Pure.

* `lock_holds`: how long each lock is held for a clone; `layouts`: which locks a clone takes; `remedies`: what could be
  moved; `advice`: what each remedy would save.

May import `pacing` and what is below it. To add a remedy: a function in `remedies`, its text in `advice`.
"""
