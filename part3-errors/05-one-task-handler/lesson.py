"""A print shop: the error of one document is lost, one has a callback that watches, and three have wrappers that act."""

import asyncio
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "workshop" / "lesson"))
from story import run, say


def handle(task):
    """task with a handler of its own: a failure of task ends here. A cancellation passes through."""

    async def handled():
        try:
            await task()
        except Exception as error:  # CancelledError is none
            say(f"handler: {error}")

    return handled


def retry(task):
    """task with a second chance."""

    async def retried():
        try:
            return await task()
        except Exception:
            say("gets a second chance in 1 s")
        await asyncio.sleep(1)
        await task()

    return retried


def printing(takes, problem):
    """A task that fails the first time."""
    problems = [problem]

    async def attempt():
        say("begins")
        await asyncio.sleep(takes)
        if not problems:
            say("is printed")
            return
        error = problems.pop()
        if not isinstance(error, IndexError):
            say(f"fails: {error}")
        raise error

    return attempt


async def the_articles_way():
    letter = asyncio.create_task(printing(0.5, OSError("no paper"))(), name="letter")
    letter.set_exception_handler(lambda task, context: say("hears of it", task="handler"))
    await letter


async def main():
    asyncio.get_running_loop().set_exception_handler(lambda _, context: say(context["message"], task="loop"))
    say("prints a letter")
    try:
        await the_articles_way()
    except AttributeError as error:
        say(f"tasks have no {error.name}")
    await asyncio.sleep(1)

    say("prints a memo, with a callback")
    memo = asyncio.create_task(printing(0.5, OSError("no paper"))(), name="memo")
    memo.add_done_callback(lambda memo: say(f"hears: {memo.exception()}", task="callback"))
    await asyncio.sleep(1)
    try:
        await memo
    except OSError as error:
        say(f"awaits it: {error}, all the same")

    say("prints three, each in wrappers")
    async with asyncio.TaskGroup() as group:
        invoice = handle(printing(0.5, IndexError("a bug, page 3 of 2")))
        photo = retry(handle(printing(0.7, OSError("no ink"))))
        poster = handle(retry(printing(0.9, OSError("no ink"))))
        group.create_task(invoice(), name="invoice")
        group.create_task(photo(), name="photo")
        group.create_task(poster(), name="poster")
    say("has a group without an error")


run(main)
