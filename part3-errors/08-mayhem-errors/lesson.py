"""The Mayhem service: each message asks for a host to be restarted. Stages 1 to 5 are the article's, stage 6 is right."""

import argparse
import asyncio
import collections
import hashlib
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "workshop" / "lesson"))
from story import run, say

parser = argparse.ArgumentParser()
parser.add_argument("--stage", type=int, default=6, choices=range(1, 7))
parser.add_argument("--real", action="store_true", help="in real time")
STAGE = parser.parse_args().stage

SEED = 86847199  # the first with which three hosts show all that can go wrong
if STAGE <= 2:
    SEED = 106  # in these the consumer fails
ACK_WAIT = 1.0
EXTEND_EVERY = 0.7
WATCH = 3.0  # how long we look at a stage that does not end
MAX_TRIES = 3


class HostDown(Exception):
    pass


class DatabaseBusy(Exception):
    pass


def chance(question):
    digest = hashlib.sha256(f"{SEED} {question}".encode()).digest()
    return int.from_bytes(digest[:4], "big") / 2**32


attempts = collections.Counter()
restarted = 0


async def attempt(what, failure):
    attempts[what] += 1
    question = f"{what} {attempts[what]}"
    await asyncio.sleep((2 + int(10 * chance(question + " takes"))) / 10)
    if STAGE >= 3 and chance(question) < 0.25:
        raise failure


async def save(host):
    await attempt(f"save {host}", DatabaseBusy(f"save {host}: database busy"))
    say("is saved", host)


async def restart(host):
    global restarted
    await attempt(f"restart {host}", HostDown(f"restart {host}: host down"))
    restarted += 1
    say("is restarted", host)


Delivery = collections.namedtuple("Delivery", "host tries")


class Broker:
    """Hands a message out for ACK_WAIT; a message that is not settled by then comes again."""

    def __init__(self):
        self.ready = asyncio.Queue()
        self.timers = {}  # of what is handed out or nacked: when it comes again
        self.published = self.left = 0
        self.dead = []
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
        return delivery

    def come_again(self, delivery, delay):
        if delivery.host in self.timers:
            self.timers[delivery.host].cancel()
        again = delivery._replace(tries=delivery.tries + 1)
        self.timers[delivery.host] = asyncio.get_running_loop().call_later(delay, self.ready.put_nowait, again)

    def extend(self, delivery):
        self.come_again(delivery, ACK_WAIT)

    def nack(self, delivery, delay):
        self.come_again(delivery, delay)

    def ack(self, delivery):
        self.timers.pop(delivery.host).cancel()
        self.left -= 1
        self.close(self.closed)

    def reject(self, delivery):
        self.dead.append(delivery)
        self.ack(delivery)

    def close(self, closed=True):
        self.closed = closed
        if closed and not self.left:
            self.ready.put_nowait(None)


broker = Broker()


async def publish(hosts):
    for i in range(hosts):
        if i > 0:
            await asyncio.sleep(0.4)
        if STAGE <= 2:
            say(f"publishes web-{i + 1}", "publisher")
        broker.publish(f"web-{i + 1}")
    broker.close()


async def extend(delivery, over):
    while not over.is_set():
        await asyncio.sleep(EXTEND_EVERY)
        if not over.is_set():
            broker.extend(delivery)
            say("gets more time", delivery.host)


# Stages 1 to 5


async def article():
    ended = asyncio.Event()
    failed = False

    def handle_exception(loop, context):
        nonlocal failed
        if STAGE == 1:
            say(context["message"], "main")  # what the loop's own handler would log
            return
        say(f"caught: {context['exception']}", "main")
        if STAGE <= 3:  # any error stops all
            failed = True
            ended.set()

    asyncio.get_running_loop().set_exception_handler(handle_exception)
    say("wants hosts restarted")
    asyncio.create_task(consume(ended), name="consumer")
    asyncio.create_task(publish(3 if STAGE >= 3 else 100), name="publisher")
    try:
        await asyncio.wait_for(ended.wait(), WATCH)
    except TimeoutError:
        say("does not end; we stop it after 3 s")
    tasks = sorted(asyncio.all_tasks() - {asyncio.current_task()}, key=asyncio.Task.get_name)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    say(tally())
    if failed:
        say("exit status 0: nothing reports the failure")


async def consume(ended):
    if STAGE <= 2:
        say("waits for messages", "consumer")
    while delivery := await broker.receive():
        host = delivery.host
        if STAGE <= 2 and chance(f"consume {host}") < 0.25:
            say(f"fails on {host}", "consumer")
            raise RuntimeError(f"consume {host}")
        asyncio.create_task(handle(delivery), name=host)
    ended.set()


async def handle(delivery):
    host = delivery.host
    say("is taken", host)
    over = asyncio.Event()
    asyncio.create_task(extend(delivery, over), name=f"{host} extend")
    asyncio.create_task(clean_up(delivery, over), name=f"{host} clean up")
    work = [asyncio.create_task(job(host), name=f"{host} work") for job in (save, restart)]
    try:
        results = await asyncio.gather(*work, return_exceptions=STAGE == 5)
    except asyncio.CancelledError:
        say("is cancelled", host)
        raise
    for result in results:
        if isinstance(result, HostDown):
            say(f"{result}; retrying", host)  # says it, and does not
        elif isinstance(result, Exception):
            say(str(result), host)
    over.set()


async def clean_up(delivery, over):
    await over.wait()
    broker.ack(delivery)
    say("is acked", delivery.host)


# Stage 6


async def service():
    say("wants three hosts restarted")
    async with asyncio.TaskGroup() as group:
        group.create_task(publish(3))
        while delivery := await broker.receive():
            group.create_task(handle_and_settle(delivery))
    say(tally())


async def handle_and_settle(delivery):
    host = delivery.host
    say(f"is taken, try {delivery.tries}", host)
    over = asyncio.Event()
    extending = asyncio.create_task(extend(delivery, over))
    try:
        _, failure = await asyncio.gather(save_or_log(host), restart(host), return_exceptions=True)
    finally:
        extending.cancel()
    if failure is None:
        broker.ack(delivery)
        say("is acked", host)
    elif delivery.tries >= MAX_TRIES:
        broker.reject(delivery)
        say("restart: host down; a dead letter", host)
    else:
        pause = 400 * 2 ** (delivery.tries - 1)
        broker.nack(delivery, pause / 1000)
        say(f"restart: host down; again in {pause}ms", host)


async def save_or_log(host):
    try:
        await save(host)
    except DatabaseBusy:
        say("save: database busy", host)


def tally():
    dead = len(broker.dead)
    acked = broker.published - dead - broker.left
    return f"restarted {restarted}, acked {acked}, dead {dead}, left {broker.left}"


run(service if STAGE == 6 else article)
