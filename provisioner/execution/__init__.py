"""Carries plans out. `executor` is pure: it says what is under way and what each end means; `thread_calls` does the waiting."""
