"""A request ends when its client hangs up. What must not end with it is shielded."""

import asyncio
import contextvars
import gc
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "workshop" / "lesson"))
from story import run, say

user = contextvars.ContextVar("user")
saves = set()  # keeps them alive: the loop has only weak references


async def main():
    asyncio.get_running_loop().set_exception_handler(
        lambda *_: say("asyncio logs an error that no task awaited", task="main")
    )
    say("opens the shop")
    await clients_hang_up()
    gc.collect()  # only now does asyncio notice that no task took the error of save 3
    await save_is_stopped()
    await shut_down()
    # run() now cancels every task that is left, shielded or not.


async def clients_hang_up():
    user.set("anna")
    requests = [request(1, save(1.5))]
    await asyncio.sleep(0.1)
    requests.append(request(2, shielded(2, "ben", 1.7)))
    await asyncio.sleep(0.1)
    requests.append(request(3, shielded(3, "carl", 3600)))  # the disk is stuck
    await asyncio.sleep(0.8)

    say("all three clients hang up")
    for task in requests:
        task.cancel()
    await asyncio.wait(requests)
    await asyncio.wait(saves)


async def shielded(n, name, takes):
    """Saves an order and waits for it until the client hangs up. The save goes on."""
    say("shields its save")
    user.set(name)
    try:
        await asyncio.shield(start_save(n, takes))
        say("is done")
    except asyncio.CancelledError:
        say("is cancelled")
        raise


async def save(takes):
    """Writes an order. It has 2 s, whether or not a request still waits."""
    say(f"writes for {user.get()}")
    try:
        async with asyncio.timeout(2):
            await asyncio.sleep(takes)
        say("is complete")
    except TimeoutError:
        say("fails: too slow")
        raise
    except asyncio.CancelledError:
        say("is cancelled, half written")
        raise


async def save_is_stopped():
    user.set("dora")
    order = start_save(4, 1)
    await asyncio.sleep(0.2)
    waiter = request(4, wait_for(order))
    await asyncio.sleep(0.4)
    say("stops save 4 itself")
    order.cancel()
    await asyncio.wait([waiter])


async def wait_for(order):
    say("waits for save 4")
    try:
        await asyncio.shield(order)
    except asyncio.CancelledError:
        say("is cancelled, too")
        raise


async def shut_down():
    await asyncio.sleep(0.2)
    last = request(5, shielded(5, "emil", 1.3))
    await asyncio.sleep(0.5)
    say("shuts down: all requests end")
    last.cancel()
    await asyncio.wait([last])


def start_save(n, takes):
    task = asyncio.create_task(save(takes), name=f"save {n}")  # in a copy of the context
    saves.add(task)
    task.add_done_callback(saves.discard)
    return task


def request(n, coroutine):
    return asyncio.create_task(coroutine, name=f"request {n}")


run(main)
