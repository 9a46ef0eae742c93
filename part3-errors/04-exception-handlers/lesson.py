"""Six feeds and a timer go wrong or are stopped. Of which does the loop's handler hear, and when?"""

import asyncio
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "workshop" / "lesson"))
from story import run, say


def handler(loop, context):
    task = context.get("future")
    who = task.get_name() if task else "timer"
    say(f"{who}: {context['exception']}", task="handler")


async def feed(takes):
    say("begins")
    try:
        await asyncio.sleep(takes)
    except asyncio.CancelledError:
        say("is cancelled")
        raise
    say("fails")
    raise OSError("no line")


def start(name, takes):
    return asyncio.create_task(feed(takes), name=f"feed {name}")


def timer():
    say("has a bug", task="timer")
    raise IndexError("index out of range")


async def main():
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(handler)

    say("waits for feed A")
    try:
        await start("A", 0.4)
    except OSError as error:
        say(f"hears of A: {error}")
    await asyncio.sleep(0.4)

    say("waits for feeds B and C")
    try:
        await asyncio.gather(start("B", 0.4), start("C", 0.6))
    except OSError as error:
        say(f"hears of B: {error}")
    await asyncio.sleep(0.6)

    say("starts three feeds and a timer")
    d = start("D", 0.4)  # main keeps it
    start("E", 0.6)  # nobody does
    f = start("F", 3600)
    loop.call_later(0.8, timer)
    await asyncio.sleep(1.4)
    say("stops feed F")
    f.cancel()
    await asyncio.wait([f])
    say("ends")


run(main)
