"""Two tasks run side by side until main cancels them; then a task forgets to await."""

import asyncio
import sys
import warnings
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "workshop" / "lesson"))
from story import block, run, say


async def repeat(what, interval):
    say("begins")
    try:
        while True:
            await asyncio.sleep(interval)
            say(what)
    except asyncio.CancelledError:
        say("is cancelled")
        raise


async def clock():
    await asyncio.sleep(0.3)
    say("rings, as it should at 5.3 s")


async def hasty():
    for turn in range(1, 4):
        asyncio.sleep(1)  # no await: this makes a coroutine and drops it
        block(0.2)  # computes
        say(f"turn {turn}")


async def report():
    say("runs")


async def main():
    say("starts two tasks")
    tasks = [
        asyncio.create_task(repeat("is alive", 1.5), name="heartbeat"),
        asyncio.create_task(repeat("asks for news", 2), name="poller"),
    ]
    say("goes on at once, for 5 s")
    await asyncio.sleep(5)

    say("cancels both")
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    say("both have ended")

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        alarm = asyncio.create_task(clock(), name="clock")
        await asyncio.create_task(hasty(), name="hasty")
        await alarm
        say(f"Python warns of {len(caught)} sleeps that were never awaited")

        loop = asyncio.new_event_loop()
        loop.set_exception_handler(lambda _, context: say(context["message"]))
        task = loop.create_task(report(), name="report")
        await asyncio.sleep(0.2)
        say(f"a report on a loop that is not run: done is {task.done()}")
        loop.close()
        del task  # the last reference


run(main)
