"""Six invoices are sent. Some fail, one trips over a bug, and one error is reported only when its task is garbage."""

import asyncio
import gc
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "workshop" / "lesson"))
from story import run, say


async def send(pages, takes, fails=None):
    say("begins")
    try:
        await asyncio.sleep(takes)
        if pages > 2:
            raise AssertionError("a bug, page 3 of 2")
        if fails:
            raise OSError(fails)
    except Exception as error:
        say(f"fails: {error}")
        raise
    say("is sent")
    return pages


def start(number, *args):
    return asyncio.create_task(send(*args), name=f"invoice {number}")


def handler(loop, context):
    say(context["message"], task="handler")


async def main():
    asyncio.get_running_loop().set_exception_handler(handler)
    say("sends three invoices")
    seven = start(7, 1, 1, "no customer")
    eight = start(8, 2, 2)
    nine = start(9, 3, 1.5)
    await asyncio.sleep(0.5)
    try:
        seven.exception()
    except asyncio.InvalidStateError:
        say("asks for 7 too early: not done")

    say("waits for 8")
    say(f"8 has {await eight} pages")
    say(f"asks for 7: {seven.exception()}")  # it returns the error, it does not raise it
    try:
        nine.result()  # this raises it
    except AssertionError as error:
        say(f"asks for 9: {error}")

    say("sends three more and waits")
    both = [start(10, 1, 0.5, "no street"), start(11, 1, 1, "no town")]
    twelve = start(12, 1, 1.5, "no stamp")
    await asyncio.wait([*both, twelve])  # it waits and does not look
    try:
        await asyncio.gather(*both)
    except OSError as error:
        say(f"10 and 11, gathered: {error}")
    del seven, eight, nine, both
    say("lets go of all but 12: no call")
    await asyncio.sleep(0.5)
    gc.collect()  # 12 is no garbage yet
    say("lets go of 12")
    del twelve
    say("knows nothing of 12 and ends")


run(main)
