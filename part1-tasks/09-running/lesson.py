"""A shop looks at what is running in it: it finds a payment that hangs, and mails that leak."""

import asyncio
import logging
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "workshop" / "lesson"))
from story import block, run, say

paid = 0
mails = []  # a reference to each task


async def main():
    debug()
    say("takes orders 1 and 2")
    one = asyncio.create_task(order(1), name="order 1")
    two = asyncio.create_task(order(2), name="order 2")
    await asyncio.sleep(1)
    say(f"{paid} of 2 is paid: what is running?")
    for task in running():
        say(task)
    say("order 2 hangs: cancels it")
    two.cancel()
    await asyncio.wait([one, two])
    await asyncio.sleep(0.5)

    say("takes order 3")
    three = asyncio.create_task(order(3), name="order 3")
    await asyncio.sleep(1)
    say("all is paid: what is running?")
    for task in running():
        say(task)
    say("one more with each order is a leak")

    say("computes for 0.3 s, and waits for nothing")
    block(0.3)
    await asyncio.sleep(0)
    say("closes")
    for mail in mails:
        mail.cancel()
    await asyncio.wait([three, *mails])


async def order(n):
    global paid
    say("asks the bank")
    try:
        await ask_bank(n)
    except asyncio.CancelledError:
        say("is cancelled")
        raise
    paid += 1
    say("is paid")
    mails.append(asyncio.create_task(mail(n), name=f"mail {n}"))


async def ask_bank(n):
    """It has no limit, and the bank loses the request of order 2."""
    answer = asyncio.get_running_loop().create_future()
    if n != 2:
        asyncio.get_running_loop().call_later(0.4, answer.set_result, None)
    await answer


async def mail(n):
    """Waits for a mail server that never greets. No task awaits mail."""
    say("calls the mail server")
    try:
        await asyncio.get_running_loop().create_future()
    except asyncio.CancelledError:
        say("is cancelled")
        raise


def running():
    """The tasks, each with the functions of its stack, the outermost first."""
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    return sorted(
        f"{task.get_name()} is in " + ", ".join(frame.f_code.co_name for frame in task.get_stack())
        for task in tasks
    )


class Speaks(logging.Handler):
    """Says what debug mode logs of a slow step."""

    def emit(self, record):
        if record.msg.startswith("Executing"):
            say(f"a step took {record.args[1]:.1f} s", "loop")


def debug():
    asyncio.get_running_loop().set_debug(True)
    logging.getLogger("asyncio").addHandler(Speaks())


run(main)
