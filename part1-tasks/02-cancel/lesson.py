"""A fire drill: main cancels a clerk and three desks, and each answers it in its own way."""

import asyncio
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "workshop" / "lesson"))
from story import run, say


async def clerk():
    """Counts bags of money and shrugs off the first cancellation."""
    say("counts the money")
    bags = 0
    for answer in "shrugs it off and counts on", "gives in":
        try:
            while True:
                await asyncio.sleep(0.5)
                bags += 1
                say(f"bag {bags}")
        except asyncio.CancelledError:
            say(answer)


async def desk(seat, takes, limit):
    """Holds a seat until it is cancelled, and then gives it back."""
    say(f"holds seat {seat}")
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError as cancelled:
        say(f"{cancelled}: gives seat {seat} back")
        try:
            await asyncio.wait_for(asyncio.sleep(takes), limit)  # None: no limit
            say(f"seat {seat} is free")
        except TimeoutError:
            say(f"seat {seat} stays taken: no answer")
        raise


async def tick(ticks):
    try:
        while True:
            await asyncio.sleep(0.2)
            ticks.append("tick")
    except asyncio.CancelledError:
        pass  # as in the article: swallowed


async def count(caught):
    """Counts its cancellations until it has heard none for a second."""
    while True:
        try:
            return await asyncio.sleep(1)
        except asyncio.CancelledError as cancelled:
            caught.append(cancelled)


async def main():
    say("opens the box office")
    stubborn = asyncio.create_task(clerk(), name="clerk")
    desks = [
        asyncio.create_task(desk(1, 0.3, 0.8), name="desk A"),
        asyncio.create_task(desk(2, 0.4, None), name="desk B"),
        asyncio.create_task(desk(3, 3600, 0.8), name="desk C"),
    ]
    await asyncio.sleep(2.2)

    say("cancels all: fire drill")
    for task in stubborn, *desks:
        task.cancel("fire drill")
    await asyncio.wait(desks)
    say("cancels the clerk once more")
    stubborn.cancel("fire drill")
    await stubborn
    say("all have left")
    try:
        await desks[0]
    except asyncio.CancelledError:
        say(f"desk A was cancelled: {desks[0].cancelled()}".replace("True", "true"))

    late = asyncio.create_task(desk(4, 0.3, 0.8), name="desk D")
    late.cancel("fire drill")
    try:
        await late
    except asyncio.CancelledError as cancelled:
        say(f"desk D never opened: {cancelled}")

    # The article's program, five times as fast.
    task = asyncio.create_task(tick(ticks := []))
    await asyncio.sleep(1)
    task.cancel()
    await task
    say(f"5 x 0.2 s against 1 s: {len(ticks)} ticks")
    say(f"{task.result()}, cancelled() {task.cancelled()}, cancelling() {task.cancelling()}")

    task = asyncio.create_task(count(caught := []))
    await asyncio.sleep(0)  # it begins
    task.cancel()
    task.cancel()  # before the task has run
    await task
    say(f"2 cancels in a row: {len(caught)} CancelledError, cancelling() {task.cancelling()}")


run(main)
