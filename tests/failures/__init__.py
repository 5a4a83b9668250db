"""Each accident of docs/en/failures.md, played on the twin in virtual time; and what `bascule status` says two cycles later."""
