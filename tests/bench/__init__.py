"""The benchmark: `python -m tests.bench`. Figures are of virtual time, or ratios within one run; no test is timed."""
