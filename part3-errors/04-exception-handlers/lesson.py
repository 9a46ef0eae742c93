"""Six feeds and a timer go wrong or are stopped. Which failures reach the loop's handler, and when? At the end, three handlers of the articles."""

import asyncio
import logging
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
    start("E", 0.6)  # no variable holds it
    f = start("F", 3600)
    loop.call_later(0.8, timer)
    await asyncio.sleep(1.4)
    say("stops feed F")
    f.cancel()
    await asyncio.wait([f])
    await the_articles_handlers(loop)
    loop.set_exception_handler(handler)
    say("ends")


class Log(logging.Handler):
    """What asyncio logs: where failures go without a handler, and the failures of handlers."""

    def emit(self, record):
        say(f"{record.getMessage().splitlines()[0]}: {record.exc_info[0].__name__}", task="log")


logging.getLogger("asyncio").addHandler(Log())


async def fails():
    raise OSError("no line")


async def the_articles_handlers(loop):
    async def shutdown(signal, loop):  # as Dive 3 defines it
        say("is never reached")

    def dive3(loop, context):
        asyncio.create_task(shutdown(loop))

    say("tries the handler of Dive 3")
    loop.set_exception_handler(dive3)
    asyncio.create_task(fails())
    await asyncio.sleep(0)

    def chapter5(loop, context):
        say(f"Exception: {context['exception']}")

    say("tries the handler of Chapter 5")
    loop.set_exception_handler(chapter5)
    loop.call_exception_handler({"message": "a context without an exception"})

    say("tries the handler of Dive 2")
    loop.set_exception_handler(None)
    other = asyncio.new_event_loop()
    other.set_exception_handler(handler)  # nothing runs this loop
    asyncio.create_task(fails())
    await asyncio.sleep(0)
    other.close()


run(main)
