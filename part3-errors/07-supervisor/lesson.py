"""A greenhouse whose tasks may fail alone, be added late and be stopped from elsewhere; and a table of who can do that."""

import asyncio
import inspect
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "workshop" / "lesson"))
from story import run, say


class Supervisor:
    """A group whose tasks fail alone. The standard library has none."""

    def __init__(self, on_failure):
        self.on_failure = on_failure
        self.tasks = set()
        self.stopped = False

    def create_task(self, coro, name=None):
        if self.stopped:
            coro.close()
            raise RuntimeError("stopped")
        task = asyncio.create_task(coro, name=name)
        self.tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task):
        self.tasks.discard(task)
        if not task.cancelled() and task.exception():
            self.on_failure(task.get_name(), task.exception())

    async def join(self):
        while self.tasks:
            await asyncio.wait(self.tasks)

    async def shutdown(self):
        self.stopped = True
        others = self.tasks - {asyncio.current_task()}  # a task that waits for itself never ends
        for task in others:
            task.cancel()
        if others:
            await asyncio.wait(others)

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        await self.shutdown()


async def main():
    def keeper(name, error):
        say(f"{name}: {error}", task="keeper")

    async with Supervisor(keeper) as house:
        say("opens the greenhouse")
        house.create_task(heater(), name="heater")
        house.create_task(sprinkler(), name="sprinkler")
        await asyncio.sleep(1)
        say("it is hot: adds a fan")
        house.create_task(fan(), name="fan")
        house.create_task(phone(house), name="phone")
        await house.join()
        try:
            house.create_task(asyncio.sleep(0), name="lamp")
        except RuntimeError:
            say("all is still; a lamp is refused")
    await table()


async def heater():
    say("heats")
    try:
        while True:
            await asyncio.sleep(0.7)
            say("still heats")
    except asyncio.CancelledError:
        say("is cancelled, cools down")
        await asyncio.sleep(0.3)
        say("is cold")
        raise


async def sprinkler():
    say("sprinkles")
    await asyncio.sleep(0.5)
    say("runs dry")
    raise OSError("no water")


async def fan():
    say("turns")
    await asyncio.sleep(0.6)
    say("wants more speed")
    speeds = {}
    speeds.get("fan")["now"] = 1  # a bug


async def phone(house):
    """A task of the house itself, and stops it."""
    await asyncio.sleep(1.5)
    say("rings: stop everything")
    await house.shutdown()
    say("all but the phone has stopped")


# The candidates. Each begins with the first tasks, runs body, then waits, and passes what its owner gets to heard.


async def completed(first, body, heard):
    tasks = [asyncio.create_task(coro) for coro in first]
    await body(tasks)
    for one in asyncio.as_completed(tasks):
        try:
            heard(await one)
        except Exception as error:
            heard(error)


async def gather(first, body, heard):
    future = asyncio.gather(*first, return_exceptions=True)
    await body(future)
    for result in await future:
        heard(result)


async def task_group(first, body, heard):
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(coro) for coro in first]
            await body(group)
    except* Exception as failed:
        for error in failed.exceptions:
            heard(error)
    for task in tasks:
        if not task.cancelled() and not task.exception():
            heard(task.result())


async def supervisor(first, body, heard):
    async with Supervisor(lambda _, error: heard(error)) as group:
        for coro in first:
            group.create_task(coro)
        await body(group)
        await group.join()


GROUPS = {"completed": completed, "gather": gather, "TaskGroup": task_group, "Supervisor": supervisor}


async def table():
    say(row(PROBES))
    for name, group in GROUPS.items():
        cells = await asyncio.gather(*(find(group, probe) for probe in PROBES.values()))
        say(row(cells), task=name)


def row(cells):
    *short, last = cells
    return "".join(f"{cell:<5}" for cell in short) + last


async def find(group, probe):
    lab = Lab(group)
    cell = await probe(lab)
    for task in lab.tasks:
        task.cancel()
    await asyncio.gather(*lab.tasks, return_exceptions=True)
    return cell


TICK = 0.1


class Lab:
    """Where one probe tries one group."""

    def __init__(self, group):
        self.group = group
        self.tasks = []
        self.running = self.cancelled = 0
        self.b_failed = False
        self.heard = []  # what, and whether it came before b failed

    async def child(self, ticks, value=None, error=None, stubborn=False):
        """Cancelled, it needs one tick more to clean up; or, if it is stubborn, goes on."""
        self.tasks.append(asyncio.current_task())
        self.running += 1
        end = asyncio.get_running_loop().time() + ticks * TICK
        try:
            while (left := end - asyncio.get_running_loop().time()) > 1e-6:
                try:
                    await asyncio.sleep(left)
                except asyncio.CancelledError:
                    if not stubborn:
                        self.cancelled += 1
                        await asyncio.sleep(TICK)
                        raise
            if error:
                self.b_failed |= error == "b"
                raise OSError(error)
            return value
        finally:
            self.running -= 1

    def fails(self, ticks, error):
        return self.child(ticks, error=error, stubborn=True)

    async def owner(self, *first, body=None):
        async def nothing(group):
            pass

        try:
            await self.group(first, body or nothing, lambda what: self.heard.append((what, not self.b_failed)))
        except asyncio.CancelledError:
            pass

    def add_later(self, ticks, group, *args):
        def add():
            if create_task := getattr(group, "create_task", None):
                coro = self.child(*args)
                try:
                    create_task(coro)
                except RuntimeError:
                    coro.close()

        asyncio.get_running_loop().call_later(ticks * TICK, add)


async def tidy(lab):
    """Have all children ended when their owner has? Once it returns before it waits; once it is cancelled while it waits."""

    async def leave(_):
        await asyncio.sleep(TICK)
        raise asyncio.CancelledError

    await lab.owner(lab.child(9), body=leave)
    leaves = lab.running == 0
    owner = asyncio.create_task(lab.owner(lab.child(9)))
    await asyncio.sleep(TICK)
    owner.cancel()
    await owner
    return grade(lab.running == 0, leaves)


async def late(lab):
    """Is a child taken, and waited for, that comes while the owner waits?"""

    async def body(group):
        lab.add_later(1, group, 3)

    await lab.owner(lab.child(2), body=body)
    return grade(len(lab.tasks) == 2 and lab.running == 0)


async def more(lab):
    """Is a child taken that comes when another has failed?"""

    async def body(group):
        lab.add_later(2, group, 1)

    await lab.owner(lab.fails(1, "a"), lab.fails(4, None), body=body)
    return grade(len(lab.tasks) == 3)


async def siblings(lab):
    """Does a failure cancel the others?"""
    await lab.owner(lab.fails(1, "a"), lab.child(3))
    return grade(lab.cancelled > 0)


async def stop(lab):
    """Can other code end it? If it has no method for that, cancelling its owner is left."""
    opened = asyncio.get_running_loop().create_future()

    async def body(group):
        opened.set_result(group)

    owner = asyncio.create_task(lab.owner(lab.child(9), body=body))
    group = await opened
    await asyncio.sleep(TICK)
    methods = [getattr(group, name) for name in ("shutdown", "aclose", "stop", "cancel") if hasattr(group, name)]
    answer = (methods or [owner.cancel])[0]()
    if inspect.isawaitable(answer):
        await answer
    waited = lab.running == 0
    await owner
    return grade(lab.cancelled > 0, waited)


async def results(lab):
    """What does the owner get of a failure, a value and one more failure, and when?"""
    await lab.owner(lab.fails(1, "a"), lab.child(2, "value", None, True), lab.fails(3, "b"))
    errors = {str(what) for what, _ in lab.heard if isinstance(what, OSError)}
    what = "nothing"
    if errors == {"a", "b"}:
        what = "values and errors" if "value" in [what for what, _ in lab.heard] else "errors"
    elif errors == {"a"}:
        what = "the first error"
    return what + (", at once" if any(early for _, early in lab.heard) else "")


def grade(*oks):
    if not oks[0]:
        return "no"
    return "yes" if oks[-1] else "half"


PROBES = {"tidy": tidy, "late": late, "more": more, "sibl": siblings, "stop": stop, "results": results}

run(main)
