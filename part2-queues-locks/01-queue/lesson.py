"""A kitchen: at lunch a None ends the work of each cook, at dinner join() tells that all is done."""

import asyncio
import functools
import selectors
import sys
import threading
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "workshop" / "lesson"))
from story import run, say


async def main():
    await lunch()
    await asyncio.sleep(0.2)
    await dinner()

    # The articles' programs, ten times as fast.
    await one_none_and_join()
    await main_does_not_join()
    await a_thread_puts()


async def lunch():
    say("opens for lunch")
    orders = asyncio.Queue(1)  # a rail with room for one slip
    staff = []
    for name in "cook A", "cook B":
        staff.append(asyncio.create_task(cook(orders), name=name))
        await asyncio.sleep(0.1)
    staff.append(asyncio.create_task(waiter(orders, cooks=len(staff)), name="waiter"))
    await asyncio.gather(*staff)
    say("lunch is over, all have gone home")


async def cook(orders):
    say("is ready")
    while (n := await orders.get()) is not None:
        say(f"cooks order {n}")
        await asyncio.sleep(0.7)
    say("goes home")


async def waiter(orders, cooks):
    for n in range(1, 5):
        await asyncio.sleep(0.1)
        say(f"takes order {n}")
        await orders.put(n)  # waits while the rail is full
    say("no more orders")
    for _ in range(cooks):
        await orders.put(None)  # one for each, and each takes room on the rail


async def dinner():
    say("orders 5 and 6, and 7 is urgent")
    orders = asyncio.PriorityQueue()
    for n, urgent in (5, False), (6, False), (7, True):
        orders.put_nowait((not urgent, n))
    task = asyncio.create_task(night_cook(orders), name="night cook")
    await orders.join()

    say("all are served, order 8 comes late")
    orders.put_nowait((True, 8))
    await orders.join()
    say("all are served, closes")
    task.cancel()  # 3.11 and 3.12 have no orders.shutdown()
    await asyncio.wait([task])


async def night_cook(orders):
    try:
        while True:
            _, n = await orders.get()
            say(f"cooks order {n}")
            await asyncio.sleep(0.7)
            orders.task_done()
    except asyncio.CancelledError:
        say("is cancelled")
        raise


async def one_none_and_join():
    """The program of Dive 2. Its join() has no limit, and so it hangs."""
    queue, seen = asyncio.Queue(), []

    async def consumer():
        while (n := await queue.get()) is not None:
            seen.append(f"c{n}")
            await asyncio.sleep(0.1)
            queue.task_done()

    task = asyncio.create_task(consumer())
    for n in range(3):
        seen.append(f"p{n}")
        await asyncio.sleep(0.1)
        await queue.put(n)
    await queue.put(None)
    try:
        await asyncio.wait_for(queue.join(), 0.3)
    except TimeoutError:
        say("Dive 2: " + " ".join(seen))
        say("join() waits on: a None is not done")
        say(f"the consumer: done() {task.done()}, cancel() {task.cancel()}")


async def main_does_not_join():
    """The program of Chapter 5, with a consumer that needs a while for each item."""
    queue, done = asyncio.Queue(), []

    async def consumer():
        while True:
            n = await queue.get()
            await asyncio.sleep(0.25)
            done.append(n)

    task = asyncio.create_task(consumer())
    for n in range(5):
        await asyncio.sleep(0.1)
        await queue.put(n)
    task.cancel()  # main returns here, and asyncio.run cancels what is left
    say(f"Chapter 5: main ends, {len(done)} of 5 are done")


async def a_thread_puts():
    """A thread puts an item while a loop, in real time, sleeps until its next timer."""
    program = functools.partial(asyncio.get_running_loop().run_in_executor, None, sleeps_on)
    late = await program(lambda loop, queue: queue.put_nowait("order 9"), 0.15)
    say(f"a thread's put_nowait: late {late}, a timer woke the loop")
    late = await program(lambda loop, queue: asyncio.run_coroutine_threadsafe(queue.put("order 9"), loop), 60)
    say(f"run_coroutine_threadsafe: late {late}")


def sleeps_on(put, timer):
    """Calls put in a thread while the loop is asleep, and says whether the loop sees the item only at its next timer."""
    asleep = threading.Event()

    class Selector(selectors.DefaultSelector):
        def select(self, timeout=None):
            if timeout:
                asleep.set()
            return super().select(timeout)

    async def heartbeat():
        while True:
            await asyncio.sleep(timer)

    async def program():
        loop, queue = asyncio.get_running_loop(), asyncio.Queue()
        start, task = loop.time(), asyncio.create_task(heartbeat())
        thread = threading.Thread(target=lambda: asleep.wait() and put(loop, queue))
        thread.start()
        await queue.get()
        late = loop.time() - start >= timer
        thread.join()
        task.cancel()
        return late

    with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(Selector())) as runner:
        return runner.run(program())


run(main)
