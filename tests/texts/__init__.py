"""What people are told in their language. `python -m tests.texts.extract` (`make texts`) brings the catalogues up to date."""
