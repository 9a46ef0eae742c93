"""A parent with worker processes ends: Ctrl-C reaches them all, Ctrl-C reaches the parent only, kill -9 ends the parent.

With --real they are processes and get real signals. Otherwise they are tasks of one loop, and a
signal is a call of its handler.
"""

import asyncio
import os
import signal
import sys
from functools import partial
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "workshop" / "lesson"))
from story import run, say

ONE_FOR_ALL, ONE_FOR_EACH = "one group for all", "a group for each"
CLEAN_UP = {"worker 0": 0.7, "worker 1": 0.5, "worker 2": 0.2, "worker 3": 3, "worker 4": 0.5}
WORDS = {"SIGHUP": "hangup", "SIGINT": "interrupt", "SIGTERM": "terminated"}
PATIENCE = 1


async def work(name, say):
    """Do what a worker does, until cancelled, and clean up. Return the exit status."""
    say("works", name)
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError as asked:
        say(f"stops: {asked}", name)
    try:
        await asyncio.sleep(CLEAN_UP[name])  # in place of the clean-up
    except asyncio.CancelledError as again:
        say(f"is cut off: {again}", name)
        return 1
    if name == "worker 2":
        say("fails: the disk is full", name)
        return 1
    say("has saved its work", name)
    return 0


async def parent(groups, names, start, say):
    """Start workers, ask them to stop when cancelled, and wait for all. Return the exit status."""
    say(f"workers: {len(names)}, {groups}", "parent")
    workers = {name: await start(name, groups) for name in names}
    ends = asyncio.gather(*(w.wait() for w in workers.values()))
    try:
        await asyncio.shield(ends)
    except asyncio.CancelledError:
        await asyncio.sleep(0.2)  # in place of closing the door, which comes first
        say("has closed the door, sends SIGTERM", "parent")
        await asyncio.gather(*(stop(name, w, say) for name, w in workers.items()))
    return int(any(await ends))


async def stop(name, worker, say):
    worker.terminate()
    try:
        status = await asyncio.wait_for(worker.wait(), PATIENCE)
    except TimeoutError:
        worker.kill()
        status = await worker.wait()
    if status < 0:
        say(f"returncode {status}", name)  # it could not say so itself


# What is real


def tell(text, name):
    print(f"{name}\t{text}\n", end="", flush=True)  # in one piece: the pipe is shared


async def until_asked(work, limit):
    """Await work, which a signal cancels, or the end of our parent."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    for sig, word in WORDS.items():
        loop.add_signal_handler(getattr(signal, sig), task.cancel, f"{word} signal received")

    def orphaned():  # the parent writes nothing, so what we read is the end
        loop.remove_reader(sys.stdin)
        task.cancel("the parent is gone")
        loop.call_later(limit, os._exit, 1)

    loop.add_reader(sys.stdin, orphaned)
    return await work


async def start_process(name, groups):
    program = [sys.executable, __file__, "worker", name]
    return await asyncio.create_subprocess_exec(
        *program,
        stdin=asyncio.subprocess.PIPE,  # we write nothing: its end says that we are gone
        process_group=0 if groups == ONE_FOR_EACH else None,
    )


class Processes:
    """A parent and its workers."""

    async def start(self, groups, names):
        program = [sys.executable, __file__, "parent", groups, *names]
        pipe = asyncio.subprocess.PIPE
        self.parent = await asyncio.create_subprocess_exec(
            *program, stdin=pipe, stdout=pipe, process_group=0
        )
        for _ in ("parent", *names):  # from then on they take signals
            await self.relay()

    async def relay(self):
        line = (await self.parent.stdout.readline()).decode().strip()
        if line:
            name, text = line.split("\t")
            say(text, name)
        return line

    def interrupt(self):
        os.killpg(self.parent.pid, signal.SIGINT)

    def kill(self):
        self.parent.kill()

    async def wait(self):
        while await self.relay():  # until the last process that can write has ended
            pass
        return await self.parent.wait()


# What stands for it in virtual time


class StandIn:
    """A task in place of a process. Killed it falls silent."""

    def __init__(self, program, name):
        self.killed = asyncio.get_running_loop().create_future()
        self.task = asyncio.create_task(program(self.say), name=name)

    def say(self, text, name):
        if not self.killed.done():
            say(text, name)

    def terminate(self):
        self.task.cancel("terminated signal received")

    def kill(self):
        self.killed.set_result(-signal.SIGKILL)

    async def wait(self):
        await asyncio.wait([self.task, self.killed], return_when=asyncio.FIRST_COMPLETED)
        return self.killed.result() if self.killed.done() else self.task.result()


class StandIns:
    """Tasks in place of a parent and its workers."""

    async def start(self, groups, names):
        self.workers, self.groups = [], groups
        self.parent = StandIn(partial(parent, groups, names, self.start_worker), "parent")

    async def start_worker(self, name, _):
        self.workers.append(StandIn(partial(work, name), name))
        return self.workers[-1]

    def interrupt(self):
        for p in [self.parent, *self.workers] if self.groups == ONE_FOR_ALL else [self.parent]:
            p.task.cancel("interrupt signal received")

    def kill(self):
        self.parent.kill()
        for w in self.workers:
            w.task.cancel("the parent is gone")

    async def wait(self):
        await self.parent.task
        return await self.parent.wait()


async def main():
    p = Processes() if "--real" in sys.argv else StandIns()
    say("starts a parent, as a terminal does")
    for groups, names, what in (
        (ONE_FOR_ALL, ["worker 0"], "presses Ctrl-C"),
        (ONE_FOR_EACH, ["worker 1", "worker 2", "worker 3"], "presses Ctrl-C"),
        (ONE_FOR_EACH, ["worker 4"], "kills the parent: kill -9"),
    ):
        await p.start(groups, names)
        await asyncio.sleep(0.5)
        say(what)
        if "Ctrl-C" in what:
            p.interrupt()
        else:
            say("is killed", "parent")  # it cannot say so itself
            p.kill()
        status = await p.wait()
        say(f"no process is left, {'exit status' if status >= 0 else 'returncode'} {status}")
        await asyncio.sleep(0.3)


match sys.argv[1:]:
    case ["parent", groups, *names]:
        program = parent(groups, names, start_process, tell)
        sys.exit(asyncio.run(until_asked(program, 2 * PATIENCE)))
    case ["worker", name]:
        sys.exit(asyncio.run(until_asked(work(name, tell), PATIENCE)))
    case _:
        run(main)
