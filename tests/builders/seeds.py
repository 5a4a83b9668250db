"""Seeds as suites are given them on the command line."""


def numbers_in(seeds: str) -> list[int]:
    """Of ranges: `7,1-200`, in this order."""
    numbers: list[int] = []
    for part in seeds.split(","):
        first, _, last = part.partition("-")
        numbers += range(int(first), int(last or first) + 1)
    return numbers
