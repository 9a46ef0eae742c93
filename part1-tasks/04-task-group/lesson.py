"""Three groups: one with a task that fails, one whose time is up, and a third for comparison with Go's errgroup."""

import asyncio
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "workshop" / "lesson"))
from story import run, say


async def main():
    await report()
    await asyncio.sleep(0.3)
    await page()
    await asyncio.sleep(0.3)
    await uploads()


async def report():
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(prices(group), name="prices")
            group.create_task(reviews(), name="reviews")
            group.create_task(stock(), name="stock")

            say("writes beside its three tasks")
            try:
                await asyncio.sleep(3)
            except asyncio.CancelledError:
                say("is cancelled as well")
                raise
    except ExceptionGroup as failed:
        say("no report: " + ", ".join(map(str, failed.exceptions)))


async def prices(group):
    say("opens a file")
    try:
        await asyncio.sleep(3)
    except asyncio.CancelledError:
        await asyncio.sleep(0.3)
        if not started(group, asyncio.sleep(0)):
            say("asks for a helper: refused")
        await asyncio.sleep(0.2)
        say("is cancelled, its file closed")
        raise


def started(group, coroutine):
    try:
        group.create_task(coroutine)
        return True
    except RuntimeError:
        coroutine.close()  # before 3.13 Python would warn of a coroutine that was never awaited
        return False


async def reviews():
    say("begins a draft")
    try:
        await asyncio.sleep(3)
    except asyncio.CancelledError:
        await asyncio.sleep(0.2)
        say("cannot remove it")
        raise OSError("a draft is left")


async def stock():
    say("asks the database")
    await asyncio.sleep(1)
    say("gets no answer")
    raise OSError("database down")


async def page():
    say("loads a page, 0.6 s at most")
    try:
        async with asyncio.timeout(0.6):
            async with asyncio.TaskGroup() as group:
                group.create_task(load(0.2), name="images")
                group.create_task(load(0), name="text")
    except TimeoutError:
        say("no page: 0.6 s are over")


async def load(clean_up):
    say("loads")
    try:
        await asyncio.sleep(3)
    except asyncio.CancelledError:
        await asyncio.sleep(clean_up)
        say("is cancelled, and tidy")
        raise


async def uploads():
    say("uploads two files")
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(upload_a(), name="upload A")
            group.create_task(upload_b(group), name="upload B")
    except ExceptionGroup as failed:
        say("no uploads: " + ", ".join(map(str, failed.exceptions)))


async def upload_a():
    say("is sent")
    await asyncio.sleep(0.4)
    say("is refused")
    raise OSError("first file refused")


async def upload_b(group):
    say("is sent")
    try:
        await asyncio.sleep(3)
    except asyncio.CancelledError:
        await asyncio.sleep(0.2)
        started(group, upload_c())
        say("cannot be withdrawn")
        raise OSError("second not withdrawn")


async def upload_c():
    say("begins, though all is over")


run(main)
