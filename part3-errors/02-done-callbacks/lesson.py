"""A cake burns and a bread succeeds. One guest waits for them; a lamp, a radio and a diary only observe. A pie is cancelled."""

import asyncio
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "workshop" / "lesson"))
from story import block, run, say


async def bake(fails=None):
    say("bakes")
    try:
        await asyncio.sleep(1)
    except asyncio.CancelledError:
        say("is cancelled")
        raise
    if fails:
        say(f"is {fails}")
        raise ValueError(fails)
    say("is golden")
    return "golden"


async def guest(dish):
    await asyncio.sleep(0.1)
    say("waits at the table")
    try:
        good = await dish
    except ValueError as error:
        say(f"gets it all the same: {error}")
        raise
    say(f"eats: {good}")


async def clock():
    loop = asyncio.get_running_loop()
    due = loop.time()
    for _ in range(4):
        due += 0.4
        await asyncio.sleep(due - loop.time())
        say("ticks")


def hears(who):
    """A callback that says how a task has ended."""
    return lambda task: say(f"hears: {task.exception() or task.result()}", task=who)


def radio(task):
    hears("radio")(task)
    say("has no signal", task="radio")
    raise OSError("no signal")


def slow_diary(task):
    hears("diary")(task)
    block(0.5)
    say("has written it down", task="diary")


def state(task):
    done, cancelled = str(task.done()).lower(), str(task.cancelled()).lower()
    try:
        error = f"error {task.exception()}"
    except asyncio.CancelledError:
        error = "exception() raises"
    return f"done {done}, cancelled {cancelled}, {error}"


def handler(loop, context):
    say(f"is called: {context['exception']}", task="handler")


async def main():
    asyncio.get_running_loop().set_exception_handler(handler)
    for who in "lamp", "radio", "diary":
        say("wants to hear of the cake", task=who)
    say("puts a cake in the oven")
    cake = asyncio.create_task(bake("burnt"), name="cake")
    for callback in hears("lamp"), radio, hears("diary"):
        cake.add_done_callback(callback)
    hungry = asyncio.create_task(guest(cake), name="guest")
    await asyncio.sleep(1.5)

    say(f"cake: {state(cake)}")
    say("lets a neighbor ask, too late")
    cake.add_done_callback(hears("neighbor"))
    await asyncio.sleep(0.5)

    say("wants to hear of the bread", task="diary")
    say("puts a bread in the oven")
    bread = asyncio.create_task(bake(), name="bread")
    bread.add_done_callback(slow_diary)
    fed = asyncio.create_task(guest(bread), name="guest")
    ticking = asyncio.create_task(clock(), name="clock")
    await asyncio.gather(hungry, fed, ticking, return_exceptions=True)

    say("puts a pie in the oven")
    pie = asyncio.create_task(bake(), name="pie")
    await asyncio.sleep(0.5)
    say("cancels the pie")
    pie.cancel()
    try:
        await pie
    except asyncio.CancelledError:
        say("catches the cancellation")
    say(f"pie: {state(pie)}")


run(main)
