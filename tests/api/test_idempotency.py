"""Answers that are kept for whoever asks twice: bounded, and none names somebody who was forgotten."""

import asyncio

from provisioner.api.idempotency import MOST_BYTES, Replies

LARGE = bytes(MOST_BYTES // 4)


async def _given(replies: Replies, key: str, answer: bytes, made: list[str]) -> None:
    async def make() -> bytes:
        made.append(key)
        return answer

    reply = replies.of("zoe", key, b"hold", make)
    assert reply is not None
    assert await reply == answer


def test_large_answers_are_kept_only_within_a_bound():
    """H1: each has every order that is in force, and 4,096 were kept: 1,500 orders took 800 MB of the daemon's memory."""

    async def play() -> list[str]:
        replies, made = Replies(), list[str]()
        for key in "abcdefgh":
            await _given(replies, key, LARGE, made)
        for key in "ha":
            await _given(replies, key, LARGE, made)
        return made

    assert asyncio.run(play()) == [*"abcdefgh", "a"]


def test_an_answer_from_before_somebody_was_forgotten_is_not_given_again():
    """G2: it names whoever the orders in force named. What is under way is not given twice."""

    async def play() -> tuple[list[str], bool]:
        replies, made, over = Replies(), list[str](), asyncio.Event()

        async def long() -> bytes:
            await over.wait()
            return b""

        await _given(replies, "a", b"zoe", made)
        under_way = replies.of("zoe", "b", b"hold", long)
        replies.forget()
        await _given(replies, "a", b"person-0", made)
        is_same = replies.of("zoe", "b", b"hold", long) is under_way
        over.set()
        return made, is_same

    assert asyncio.run(play()) == (["a", "a"], True)
