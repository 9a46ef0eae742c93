"""Six calls with a time limit, and which limit it was that ended them."""

import asyncio
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "workshop" / "lesson"))
from story import run, say


def task(name, coroutine):
    return asyncio.create_task(coroutine, name=name)


async def work(seconds, clean_up, cleaned_up):
    """Wait. When it is stopped it needs so much more, to clean up."""
    say("begins")
    try:
        await asyncio.sleep(seconds)
        say("is done")
    except asyncio.CancelledError as error:
        why = f": {error}" if error.args else ", and not why"
        say("is told to stop" + why)
        await asyncio.sleep(clean_up)
        say(cleaned_up)
        raise


async def handle():
    say("has 2 s to be acked, 1 s for a step")
    save = work(3, 0.3, "has rolled back")
    restart = work(3, 0.2, "has let go of the host")
    try:
        async with asyncio.timeout(2):
            try:
                await asyncio.wait_for(task("save", save), 1)
            except TimeoutError:
                say("the save took too long: goes on")
            try:
                await asyncio.wait_for(task("restart", restart), 1)
            except TimeoutError:
                say("the restart took too long")  # never said
    except TimeoutError:
        say("its own 2 s are over: nack")


async def email():
    try:
        await asyncio.wait_for(task("email", work(1, 0.3, "is not sent")), 0)
    except TimeoutError:
        say("has 0 s for an email: it never begins")


async def deaf(seconds):
    """Wait, and swallow every CancelledError."""
    say("begins, deaf to all")
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while (left := end - loop.time()) > 1e-6:
        try:
            await asyncio.sleep(left)
        except asyncio.CancelledError:
            pass
    say("is done")


async def report():
    say("wants a report within 0.5 s")
    await asyncio.wait_for(task("report", deaf(0.8)), 0.5)
    say("has it, late, and no timeout")


async def pay():
    """Told to stop when that is no longer possible."""
    say("begins")
    try:
        await asyncio.sleep(0.7)
    except asyncio.CancelledError:
        say("is told to stop, but the money is gone")
        await asyncio.sleep(0.2)
    say("has the receipt")


async def payment():
    say("pays, within 0.5 s")
    await asyncio.wait_for(task("payment", pay()), 0.5)
    say("takes the receipt, and no timeout")


async def limited(seconds, coroutine):
    async with asyncio.timeout(seconds):
        await coroutine


async def poll():
    """Cancelled from outside, long before its time is up."""
    say("polls, for 1 s at most")
    polling = task("poll", limited(1, work(3, 0.3, "has hung up")))
    await asyncio.sleep(0.4)
    say("cancels the poll")
    polling.cancel("the service stops")
    try:
        await polling
    except TimeoutError:
        say("takes it for a timeout")  # never said
    except asyncio.CancelledError:
        say("knows that this was no timeout")


async def main():
    await task("message 7", handle())
    await email()
    await report()
    await payment()
    await poll()


async def late():
    """Since Python 3.12 the inner limit interrupts the clean-up that the outer one has started."""

    async def save():
        say("has 0.2 s, and 0.3 s as a step")
        try:
            await asyncio.sleep(3)
        except asyncio.CancelledError:
            say("is told to stop: cleans up, for 0.5 s")
            try:
                await asyncio.sleep(0.5)
                say("has cleaned up")
            except asyncio.CancelledError:
                say("is told again, in its clean-up")
            raise

    try:
        async with asyncio.timeout(0.2):
            await asyncio.wait_for(task("save", save()), 0.3)
    except TimeoutError:
        say("its 0.2 s are over")


run(late if "--late" in sys.argv[1:] else main)
