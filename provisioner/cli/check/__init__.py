"""`check`: everything a switch depends on, with the fix of each fault; nothing is changed but by `check trial`.

`command`: all of it; `directory`, `image`, `storage`; `trial`: desktops are made, reached and deleted (`trial_round`).
"""
