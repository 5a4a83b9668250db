"""Each accident of docs/failures.md, played on the twin in virtual time; and what `bascule status` says two cycles later."""
