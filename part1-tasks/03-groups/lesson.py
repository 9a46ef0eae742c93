"""Groups of tasks: kept by their handles, asked for every answer, counted, stopped by the first error."""

import asyncio
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "workshop" / "lesson"))
from story import run, say


async def main():
    await workers()
    await asyncio.sleep(0.2)
    await shops()
    await asyncio.sleep(0.2)
    await loops()
    await asyncio.sleep(0.2)
    await trip()


async def workers():
    say("starts three workers in a loop")
    tasks = [asyncio.create_task(work(1 + i / 10), name=f"worker {i}") for i in range(3)]
    await asyncio.sleep(0.8)
    say("cancels worker 1, waits for all")
    tasks[1].cancel()
    try:
        await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 0.7)
    except TimeoutError:  # without wait_for, gather would never return
        say("gave them 1.5 s: they never end")


async def work(interval):
    number = 1
    try:
        while True:
            say(f"round {number}")
            await asyncio.sleep(interval)
            number += 1
    except asyncio.CancelledError:
        say("is cancelled")
        raise


async def shops():
    say("asks three shops")
    answers = await asyncio.gather(
        ask("shop A", 1.3, "9.80"),
        ask("shop B", 0.5, ""),
        ask("shop C", 0.9, "9.50"),
        return_exceptions=True,
    )
    say("in the order asked: " + ", ".join(map(str, answers)))


async def ask(shop, takes, price):
    say("is asked", shop)
    await asyncio.sleep(takes)
    if not price:
        say("is sold out", shop)
        raise LookupError("sold out")
    say("answers", shop)
    return price


async def loops():  # the article's group, five times as fast
    lines = []

    async def foo(i):
        while True:
            await asyncio.sleep(0.2 + i / 1000)  # as on a real clock, no two at one instant
            lines.append(i)

    tasks = [asyncio.create_task(foo(i)) for i in range(5)]
    await asyncio.sleep(0.9)
    for task in tasks:
        task.cancel()
    say(f"five loops for 0.9 s: {len(lines)} lines")
    say("in rounds: " + ", ".join("".join(map(str, lines[i : i + 5])) for i in range(0, len(lines), 5)))
    say(f"cancelled, not awaited: {sum(task.done() for task in tasks)} of 5 are done")


async def trip():
    say("books a flight and a hotel")
    try:
        await asyncio.gather(flight(), hotel())
    except LookupError as error:
        say(f"no trip: {error}")

    await asyncio.sleep(0.7)  # the flight goes on, and no variable holds it
    tasks = asyncio.all_tasks()
    say("cancels all_tasks(): " + ", ".join(sorted(task.get_name() for task in tasks)))
    for task in tasks:
        task.cancel()
    try:
        await asyncio.sleep(1)
    except asyncio.CancelledError:  # without this except: a traceback and exit status 1
        say("is cancelled, too: it was on the list")
        asyncio.current_task().uncancel()


async def flight():
    asyncio.current_task().set_name("flight")
    try:
        for step in ["looks for a seat", "buys a ticket", "chooses a meal"]:
            say(step)
            await asyncio.sleep(0.8)
    except asyncio.CancelledError:
        say("is called off")
        raise


async def hotel():
    asyncio.current_task().set_name("hotel")
    say("looks for a room")
    await asyncio.sleep(0.5)
    say("is full")
    raise LookupError("the hotel is full")


run(main)
