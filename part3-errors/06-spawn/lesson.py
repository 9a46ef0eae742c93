"""A window: each click saves in the background, two at a time, and no click may wait."""

import asyncio
import gc
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "workshop" / "lesson"))
from story import run, say

saves = []  # the references that keep them alive


def spawn(coroutine, name):
    task = asyncio.create_task(coroutine, name=name)
    saves.append(task)
    task.add_done_callback(report)


def report(task):
    saves.remove(task)
    error = task.exception()  # of a cancelled task: raises CancelledError
    if error:
        say(f"reported: {error}", task=task.get_name())


def click(name, takes, problem=None):
    """What the toolkit calls: no async function, it cannot await."""
    if len(saves) == 2:
        say(f"{name}: refused, two are running")
        return
    say(f"clicks {name}")
    spawn(save(takes, problem), name)


async def save(takes, problem):
    say("begins")
    clock = asyncio.get_running_loop()
    end = clock.time() + takes
    try:
        await asyncio.sleep(takes)
    except asyncio.CancelledError:
        if problem != "too long":
            say("is cancelled")
            raise
        say("is cancelled and goes on")
        await asyncio.sleep(end - clock.time())
    if isinstance(problem, Exception):
        raise problem
    say("is saved")


async def autosave():
    say("waits for a change")
    await asyncio.get_running_loop().create_future()
    say("is still there")


def loop_handler(loop, context):
    if "exception" in context:
        say(f"report fails: {type(context['exception']).__name__}", task="loop")
    else:
        say(context["message"], task="loop")


async def main():
    asyncio.get_running_loop().set_exception_handler(loop_handler)
    say("opens its window, keeps no autosave")
    asyncio.create_task(autosave(), name="autosave")
    await asyncio.sleep(0.3)
    click("save 1", 1.7)
    await asyncio.sleep(0.3)
    click("save 2", 0.6, OSError("disk full"))
    await asyncio.sleep(0.3)
    click("save 3", 0.6)
    gc.collect()  # sooner or later Python does it by itself
    await asyncio.sleep(0.6)
    click("save 4", 0.3, IndexError("no page 9"))
    await asyncio.sleep(0.6)
    click("save 5", 5)
    await asyncio.sleep(0.3)
    click("save 6", 1.4, "too long")
    await asyncio.sleep(0.3)

    names = " ".join(task.get_name() for task in saves)
    say(f"closes, unfinished: [{names}]")
    for task in saves:
        task.cancel()
    _, late = await asyncio.wait(saves, timeout=0.5)
    names = " ".join(task.get_name() for task in late)
    say(f"waits no longer for [{names}]")
    await asyncio.wait(late)


run(main)
