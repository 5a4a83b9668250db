"""`python -m tests.histories COUNT [FIRST]`: plays so many and prints what is wrong in each; exit code 1 if anything is."""

import sys

from tests.histories.history import wrong_in


def main(count: int, first: int) -> int:
    found = 0
    for seed in range(first, first + count):
        for line in wrong_in(seed):
            found += 1
            print(f"{seed}: {line}", flush=True)
    print(f"{count} histories, {found} wrong")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1))
