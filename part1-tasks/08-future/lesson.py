"""The rate of the day comes by a callback, and others wait for it."""

import asyncio
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "workshop" / "lesson"))
from story import run, say


async def main():
    await monday()
    await tuesday()
    await wednesday()
    await thursday()


async def monday():
    """One waits."""
    rate = asyncio.Future()
    till1 = start(1, till("Monday", rate))
    await asyncio.sleep(0.5)
    say("calls back: no line", task="feed")
    rate.set_exception(ConnectionError("no line"))
    await till1


async def tuesday():
    """Several wait, one of them in a hurry."""
    rate = asyncio.Future()
    await asyncio.sleep(0.5)
    till1 = start(1, till("Tuesday", rate))
    await asyncio.sleep(0.1)
    till2 = start(2, hurried_till("Tuesday", rate))
    await asyncio.sleep(0.7)
    say("calls back: 1.08", task="feed")
    try:
        rate.set_result("1.08")
    except asyncio.InvalidStateError:
        say("cannot: the future is cancelled", task="feed")
    await asyncio.wait([till1, till2])


async def wednesday():
    """One looks before it is there, some want to be called, and the feed says it twice."""
    rate = asyncio.Future()
    await asyncio.sleep(0.4)
    try:
        rate.result()
    except asyncio.InvalidStateError:
        say("looks: there is no rate yet")

    till1 = start(1, till("Wednesday", rate))
    await asyncio.sleep(0.1)
    till2 = start(2, hurried_till("Wednesday", asyncio.shield(rate)))
    await asyncio.sleep(0.1)
    for who in "ledger", "display":
        say("is to be called", task=who)
        rate.add_done_callback(lambda done, who=who: say(f"is called: {done.result()}", task=who))

    await asyncio.sleep(0.6)
    say("calls back: 1.09", task="feed")
    rate.set_result("1.09")
    await asyncio.wait([till1, till2])
    await asyncio.sleep(0.2)
    try:
        rate.set_result("1.10")
    except asyncio.InvalidStateError:
        say("calls back again: already done", task="feed")
    await start(2, till("Wednesday", rate))
    rate.add_done_callback(lambda done: say(f"asks late, is called at once: {done.result()}", task="ledger"))
    await asyncio.sleep(0)


async def thursday():
    """The rate is the result of a task: a future that only its function can complete."""

    async def compute():
        say("computes the rate")
        await asyncio.sleep(0.5)
        say("returns 1.085")
        return "1.085"

    await asyncio.sleep(0.4)
    mean = asyncio.create_task(compute(), name="mean")
    await asyncio.sleep(0.1)
    till1 = start(1, till("Thursday", mean))
    try:
        mean.set_result("1.00")
    except RuntimeError:
        say("cannot set the result of a task")
    await till1


async def till(day, rate):
    say(f"waits for {day}'s rate")
    try:
        say(f"has {await rate}")
    except ConnectionError as error:
        say(f"hears: {error}")
    except asyncio.CancelledError:
        if asyncio.current_task().cancelling() == 0:
            say("is cancelled, too")


async def hurried_till(day, rate):
    say(f"waits for {day}'s rate")
    try:
        say(f"has {await asyncio.wait_for(rate, 0.3)}")
    except TimeoutError:
        say("gives up")


def start(n, coroutine):
    return asyncio.create_task(coroutine, name=f"till {n}")


run(main)
