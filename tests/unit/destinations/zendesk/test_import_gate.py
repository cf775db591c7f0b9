"""One creation finds out whether bulk import is on; the others wait for what it finds."""

import asyncio

from penstock.destinations.zendesk.import_gate import ImportGate


def tries(*, shut: bool, lost: int = 0) -> tuple[list[str], list[str]]:
    """What ten creations at once do; the first `lost` find out nothing."""
    notices: list[str] = []
    done: list[str] = []

    async def main() -> None:
        gate = ImportGate(notices)
        left = lost

        async def one() -> None:
            nonlocal left
            async with gate.passage() as may_try:
                if not may_try:
                    done.append("barred")
                    return
                done.append("begins")
                await asyncio.sleep(0.001)
                if left:
                    left -= 1
                    done.append("lost")
                elif shut:
                    gate.found_shut()
                    done.append("shut")
                else:
                    gate.found_open()
                    done.append("taken")

        await asyncio.gather(*(one() for _ in range(10)))

    asyncio.run(main())
    return done, notices


def test_once_open_all_go_at_once() -> None:
    done, notices = tries(shut=False)
    assert done == ["begins", "taken", *["begins"] * 9, *["taken"] * 9]
    assert notices == []


def test_once_shut_nobody_tries_again_and_it_is_said_once() -> None:
    done, notices = tries(shut=True)
    assert done == ["begins", "shut", *["barred"] * 9]
    assert len(notices) == 1


def test_who_finds_out_nothing_leaves_it_to_the_next() -> None:
    done, _ = tries(shut=True, lost=2)
    assert done == ["begins", "lost", "begins", "lost", "begins", "shut", *["barred"] * 7]
