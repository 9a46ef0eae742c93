"""A service is asked to end by one of its own tasks, and again from outside. One task fails on its way out, one does not listen."""

import asyncio
import contextlib
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "workshop" / "lesson"))
from story import run, say


async def worker(work, last, takes, error=None):
    say(work)
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        say(f"is cancelled, {last}")
        try:
            await asyncio.sleep(takes)
        except asyncio.CancelledError:
            say("is cut off in the middle")
            raise
        if error:
            say(f"fails: {error}")
            raise error
        say("is done")
        raise


async def printer():
    """Takes no notice of a cancellation."""
    loop = asyncio.get_running_loop()
    for page in range(1, 5):
        say(f"prints page {page}")
        end = loop.time() + 0.7
        while loop.time() < end:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(end - loop.time())
    say("is done: run() has waited for it")


async def watchdog(ask):
    """Is a task of the service and ends it: ask does not wait."""
    say("looks at the disk")
    await asyncio.sleep(1)
    say("asks for the end: the disk is full")
    ask("the disk is full")


def operator(ask):
    say("asks for the end, too: maintenance", task="operator")
    ask("maintenance")


async def closing(name):
    await asyncio.wait_for(asyncio.sleep(0.2), 0.5)
    say(f"has closed the {name}")


async def service():
    loop = asyncio.get_running_loop()
    asked = loop.create_future()

    def ask(why):
        if not asked.done():
            asked.set_result(why)

    async with contextlib.AsyncExitStack() as opened:
        for name in "store", "cache":
            say(f"opens the {name}")
            opened.push_async_callback(closing, name)
        tasks = [
            asyncio.create_task(worker("takes orders", "writes down the last one", 0.5), name="intake"),
            asyncio.create_task(worker("sends letters", "empties its outbox", 0.7, OSError("two letters unsent")), name="mailer"),
            asyncio.create_task(printer(), name="printer"),
            asyncio.create_task(watchdog(ask), name="watchdog"),
        ]
        loop.call_later(1.2, operator, ask)

        say(f"shuts down: {await asked}")
        for task in tasks:
            task.cancel()
        done, late = await asyncio.wait(tasks, timeout=1)
        errors = []
        if late:
            say("waits no longer, closes all")
            errors.append("still running: " + ", ".join(task.get_name() for task in late))
        errors += [f"{task.get_name()}: {task.exception()}" for task in done if not task.cancelled() and task.exception()]
    return errors


async def shutdown(audience):
    """The article's, with two lines for us to watch: cancel all but oneself, wait for them, stop the loop."""
    tasks = asyncio.all_tasks() - {asyncio.current_task()} - audience
    for task in tasks:
        task.cancel()
    say("cancels " + " and ".join(sorted(task.get_name() for task in tasks)))
    await asyncio.gather(*tasks, return_exceptions=True)
    say("all have ended: exit status 0")


async def main():
    errors = await service()
    for error in errors:
        say(error)
    if errors:
        say("exit status 1")

    say("now as the article does it")
    audience = asyncio.all_tasks()  # main and the printer take no part
    intake = asyncio.create_task(worker("takes orders", "writes down the last one", 0.5), name="intake")
    await asyncio.sleep(0)
    first = asyncio.create_task(shutdown(audience), name="shutdown 1")
    await asyncio.sleep(0.2)
    second = asyncio.create_task(shutdown(audience), name="shutdown 2")
    await asyncio.wait([intake, first, second])
    say(f"shutdown 1 was cancelled: {first.cancelled()}")


run(main)
