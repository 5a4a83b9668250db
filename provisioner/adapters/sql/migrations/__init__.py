"""The store's schema, step by step. A step that has been released is never edited: the next one changes what it made."""
