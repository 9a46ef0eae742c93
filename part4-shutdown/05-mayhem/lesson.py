"""The whole Mayhem service in memory: what becomes of it on a SIGTERM.

With --life, what becomes of one message. With --article, the same service with the article's shutdown, asked twice.
"""

import argparse
import asyncio
import collections
import sys
from contextlib import AsyncExitStack
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "workshop" / "lesson"))
from story import run, say

parser = argparse.ArgumentParser()
parser.add_argument("--life", action="store_true", help="tell the life of one message instead")
parser.add_argument("--article", action="store_true", help="shut down as the article does")
parser.add_argument("--real", action="store_true", help="in real time")
ARGS = parser.parse_args()

ACK_WAIT = 2.0
EXTEND_EVERY = 1.2
GRACE = 1.0
PAUSE, PAUSE_TEXT = (0.8, "800ms") if ARGS.life else (4.0, "4s")


# The world: what is there before the service and after it. With --life it speaks.


def tell(text, who):
    if ARGS.life:
        say(text, who)


Delivery = collections.namedtuple("Delivery", "host tries")


class Broker:
    """Hands a message out for ACK_WAIT; if no task settles it by then, it comes again."""

    def __init__(self):
        self.ready = asyncio.Queue()
        self.timers = {}  # of what is handed out or nacked: when it comes again
        self.published = self.left = 0
        self.closed = False

    def publish(self, host):
        self.published += 1
        self.left += 1
        self.ready.put_nowait(Delivery(host, 1))

    async def receive(self):
        """The next delivery; None when all is settled and the broker is closed."""
        delivery = await self.ready.get()
        if delivery:
            self.come_again(delivery, ACK_WAIT)
            tell(f"hands it out, try {delivery.tries}", "broker")
        return delivery

    def come_again(self, delivery, delay, failed=False):
        if delivery.host in self.timers:
            self.timers[delivery.host].cancel()
        again = delivery._replace(tries=delivery.tries + failed)  # only a failed attempt is one
        self.timers[delivery.host] = asyncio.get_running_loop().call_later(delay, self.ready.put_nowait, again)

    def extend(self, delivery):
        self.come_again(delivery, ACK_WAIT)
        tell("gives 2s more", "broker")

    def nack(self, delivery, delay, failed=False):
        self.come_again(delivery, delay, failed)
        tell(f"keeps it for {PAUSE_TEXT}", "broker")

    def ack(self, delivery):
        self.timers.pop(delivery.host).cancel()
        self.left -= 1
        self.close(self.closed)
        tell("forgets it", "broker")

    def close(self, closed=True):
        self.closed = closed
        if closed and not self.left:
            self.ready.put_nowait(None)


class DatabaseClosed(Exception):
    pass


class Database:
    """A database that is slow with web-2."""

    closed = False

    async def save(self, host):
        tell("writes a record", "database")
        try:
            await asyncio.sleep(2.6 if host == "web-2" else 0.2)
        except asyncio.CancelledError:
            if self.closed:
                say("cannot roll back: database closed", host)
                raise DatabaseClosed
            raise
        tell("has it", "database")
        say("is saved", host)

    async def close(self):
        self.closed = True
        await asyncio.sleep(0.1)


class HostDown(Exception):
    pass


seen = set()


async def restart(host):
    """web-1 does not answer the first time, and web-3 takes much too long."""
    tell("is told to restart", "host")
    first = host == "web-1" and host not in seen
    seen.add(host)
    await asyncio.sleep(0.8 if first else {"web-1": 2, "web-2": 0.6, "web-3": 9}[host])
    if first:
        tell("does not come back", "host")
        raise HostDown
    tell("is back", "host")
    say("is restarted", host)


broker, database, counts = Broker(), Database(), collections.Counter()


async def publish():
    for i, after in enumerate([0, 0.4, 0.5, 1.7]):
        await asyncio.sleep(after)
        broker.publish(f"web-{i + 1}")
    broker.close()


async def next_instance():
    """The new version of the service, started while the old one ends."""
    while delivery := await broker.receive():
        await asyncio.sleep(0.1)  # on its way
        say(f"goes to the next instance, try {delivery.tries}", delivery.host)
        broker.ack(delivery)
    say(f"{broker.published} came, {broker.published - broker.left} acked, {broker.left} left", "broker")


# The service


handling = set()


async def consume():
    while delivery := await broker.receive():
        task = asyncio.create_task(handle(delivery), name=delivery.host)
        handling.add(task)
        task.add_done_callback(handling.discard)


async def handle(delivery):
    host = delivery.host
    say(f"is taken, try {delivery.tries}")
    extending = asyncio.create_task(extend(delivery), name=host)
    try:
        _, failure = await asyncio.gather(database.save(host), restart(host), return_exceptions=True)
    except asyncio.CancelledError:
        if ARGS.article:
            say("is cancelled")
        else:
            broker.nack(delivery, 0)
            counts["nacked"] += 1
            say("is nacked, for another to take")
        raise
    finally:
        extending.cancel()
    if failure:
        broker.nack(delivery, PAUSE, failed=True)
        counts["failed"] += 1
        say(f"restart: host down; again in {PAUSE_TEXT}")
    else:
        broker.ack(delivery)
        counts["acked"] += 1
        say("is acked")


async def extend(delivery):
    while True:
        await asyncio.sleep(EXTEND_EVERY)
        broker.extend(delivery)
        say("gets more time")


async def flush_metrics():
    await asyncio.sleep(0.2)
    say(f"{counts['acked']} acked, {counts['failed']} failed, {counts['nacked']} nacked")


async def serve(asked):
    """Work until asked is done; return the exit status."""
    try:
        async with AsyncExitStack() as stack:
            say("opens metrics, database, broker")
            closing(stack, "flushes the metrics", flush_metrics)
            closing(stack, "closes the database", database.close)
            closing(stack, "closes the broker", lambda: asyncio.sleep(0.1))

            intake = asyncio.create_task(consume(), name="intake")
            await asyncio.wait([asked, intake], return_when=asyncio.FIRST_COMPLETED)
            if asked.done():
                say(asked.result())
                intake.cancel()
            if handling:
                await asyncio.wait(handling, timeout=GRACE if asked.done() else None)
            for task in handling:
                task.cancel()
            await asyncio.gather(intake, *handling, return_exceptions=True)
            say("has nothing in flight any more")
            if not intake.cancelled():
                intake.result()  # raises what the intake has failed with
    except Exception as failure:
        say(f"exit status 1: {failure}")
        return 1
    say("exit status 0")
    return 0


def closing(stack, what, close):
    async def end():
        say(what)
        async with asyncio.timeout(1):
            await close()

    stack.push_async_callback(end)


async def shutdown():
    asked = asyncio.get_running_loop().create_future()
    outside = [asyncio.create_task(publish())]

    def hear(signal):  # what loop.add_signal_handler would call
        asked.set_result(signal)
        outside.append(asyncio.create_task(next_instance()))

    asyncio.get_running_loop().call_later(2.5, hear, "terminated signal received")
    status = await serve(asked)
    await asyncio.gather(*outside)
    sys.exit(status)


# The article's shutdown, in code of our own: all else is as above


async def article():
    outside = {asyncio.current_task(), asyncio.create_task(publish())}
    ended = asyncio.Event()  # in place of loop.stop

    def hear(signal, nth):
        say(signal, "main")
        if nth == 1:
            outside.add(asyncio.create_task(next_instance()))
        asyncio.create_task(shut_down(outside, ended), name=f"shutdown {nth}")

    asyncio.get_running_loop().call_later(2.5, hear, "terminated signal received", 1)
    asyncio.get_running_loop().call_later(2.6, hear, "interrupt signal received", 2)
    say("runs until it is stopped")
    asyncio.create_task(consume(), name="intake")
    await ended.wait()
    say("exit status 0")
    await asyncio.gather(*outside - {asyncio.current_task()})


async def shut_down(outside, ended):
    say("closes the database")
    database.closed = True
    say("logs that it nacks")
    tasks = asyncio.all_tasks() - outside - {asyncio.current_task()}
    for task in sorted(tasks, key=asyncio.Task.get_name):
        task.cancel()
    say(f"cancels {len(tasks)} task{'s'[:len(tasks) > 1]}")
    try:
        await asyncio.gather(*tasks, return_exceptions=True)
        say("flushes the metrics")
        await flush_metrics()
    except asyncio.CancelledError:
        say("is cancelled by the other")
        raise
    ended.set()


async def one_life():
    say("wants web-1 restarted", "client")
    broker.publish("web-1")
    broker.close()
    await consume()
    await asyncio.gather(*handling)
    say("exit status 0")


run(one_life if ARGS.life else article if ARGS.article else shutdown)
