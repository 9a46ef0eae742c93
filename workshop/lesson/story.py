"""What lesson.py uses to tell its story: who speaks, and a clock that jumps.

A story is a coroutine that speaks with say(). run() tells it in virtual time,
as testing/synctest does for the Go story: when nothing is ready to run, the
clock jumps to the next timer. With --real on the command line it takes real
time. Needs Python 3.11 or newer and nothing else.

With STORY_TRACE=FILE in the environment it also writes to FILE, as JSON, from
which line each line was said and where the other tasks were.
"""

import asyncio
import collections
import inspect
import json
import os
import selectors
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

if sys.version_info < (3, 11):
    sys.exit("lesson.py needs Python 3.11 or newer; this is " + sys.version.split()[0])


class _Jump(selectors.DefaultSelector):
    """A selector that moves the loop's clock instead of waiting for a timer."""

    now = 0.0
    closing = False  # threads are being joined

    def __init__(self):
        super().__init__()
        self.calls = collections.Counter()  # under way or queued, by executor
        self.blocked = 0  # those of them that wait in block()

    def outside(self):
        """How many calls run in threads or processes; they take no virtual time."""
        places = sum(min(n, pool._max_workers) for pool, n in self.calls.items())
        return places - self.blocked + self.closing

    def select(self, timeout=None):
        if timeout == 0 or self.outside():
            return super().select(timeout if timeout == 0 else None)
        events = super().select(0)
        if not events and timeout is None:
            raise _deadlock()
        if not events:
            self.now += timeout
        return events


def _deadlock():
    """The error that says so, and for what each task waits."""
    error = RuntimeError("deadlock: nothing is ready to run and no timer is set")
    for task in sorted(asyncio.all_tasks(), key=lambda task: task.get_name()):
        if place := _place(task):
            error.add_note(f"      {task.get_name()}: {place['file']}:{place['line']} {place['does']}")
    return error


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose time stands still while tasks run."""

    def __init__(self):
        self._jump = _Jump()
        super().__init__(self._jump)

    def time(self):
        return self._jump.now

    def call_at(self, when, callback, *args, context=None):
        # 0.1 + 0.2 and 0.3 are one instant, as they are with Go's durations.
        return super().call_at(round(when, 6), callback, *args, context=context)

    def run_in_executor(self, executor, func, *args):
        if isinstance(executor, ProcessPoolExecutor):
            executor, func, args = None, _in_process, (executor, func, args)
        if executor is None:
            if self._default_executor is None:
                self.set_default_executor(ThreadPoolExecutor())
            executor = self._default_executor
        call = executor.submit(func, *args)
        future = asyncio.wrap_future(call, loop=self)  # hears of the end before _came_back
        self._jump.calls[executor] += 1
        call.add_done_callback(lambda _: self.call_soon_threadsafe(self._came_back, executor))
        return future

    def _came_back(self, executor):
        self._jump.calls[executor] -= 1

    async def shutdown_default_executor(self, *args):
        while self._jump.calls.total():  # some still wait in block()
            await asyncio.sleep(0.1)
        self._jump.closing = True
        await super().shutdown_default_executor(*args)

    def block(self, seconds):
        """The part of block() that takes virtual time."""
        if threading.current_thread() is threading.main_thread():
            self._jump.now += seconds
            return
        over = threading.Event()

        def begin():
            self._jump.blocked += 1
            self.call_later(seconds, end)

        def end():
            self._jump.blocked -= 1
            over.set()

        self.call_soon_threadsafe(begin)
        over.wait()


_loop = None  # the story's; None in another process
_start = 0.0
_owed = 0.0  # how long a call in another process has blocked, in virtual time


def block(seconds):
    """Block as a slow call does, for so many seconds of the story's time.

    It is for a function that run_in_executor calls in a thread or in another
    process. On the loop's own thread it holds up all tasks, as time.sleep does.

    In virtual time a process does its work at once and the result comes that
    much later. Stagger calls whose order matters: two threads that wake up at
    one instant go on in any order. Do not leave an executor's with-block while
    a call of it blocks: that would stop the loop, and virtual time with it.
    """
    global _owed
    if "--real" in sys.argv[1:]:
        time.sleep(seconds)
    elif _loop is None:
        _owed += seconds
    else:
        _loop.block(seconds)


def _in_process(pool, func, args):
    """Stand, in a thread, for a call in a process of pool."""
    result, owed = pool.submit(_owing, func, args).result()
    block(owed)
    return result


def _owing(func, args):
    """Call func in another process; return its result, and how long it blocked."""
    global _owed
    _owed = 0.0
    return func(*args), _owed


def say(text, task=None):
    """Print a line of the story, as the task that runs, by its name, or as task.

    asyncio's first task is called main; give the others a name:
    asyncio.create_task(work(), name="worker 0").
    """
    if task is None:
        task = asyncio.current_task().get_name()
    elapsed = asyncio.get_running_loop().time() - _start
    tenths = int(elapsed * 10 + 1e-6)  # cut, not rounded: a timer never fires early
    print(f"{tenths / 10:6.1f}s  {task:<10}  {text}", flush=True)
    if _trace is not None:
        frame = sys._getframe(1)
        while frame.f_back and os.path.abspath(frame.f_code.co_filename) != _lesson:
            frame = frame.f_back
        event = {"at": round(elapsed * 1e6) * 1000, "task": task, "text": str(text), "level": "info"}
        event |= _source(frame) | {"places": _places(task, frame)}
        _trace.append(event)


_trace = [] if "STORY_TRACE" in os.environ else None
_lesson = os.path.abspath(sys.argv[0])


def _source(frame):
    return {"file": os.path.basename(frame.f_code.co_filename), "line": frame.f_lineno}


def _places(speaker, frame):
    """Where each task but the speaker is, and what it waits for."""
    places = []
    for task in asyncio.all_tasks():
        if task.get_name() == speaker:
            continue
        if task is asyncio.current_task():  # it speaks for another one
            places.append({"task": task.get_name()} | _source(frame) | {"does": "runs"})
        elif place := _place(task):
            places.append({"task": task.get_name()} | place)
    return places


def _place(task):
    """The innermost line of the lesson in which the task waits; None before its first step."""
    coroutine, place, does = task.get_coro(), None, ""
    if inspect.getcoroutinestate(coroutine) == inspect.CORO_CREATED:
        return None
    while coroutine is not None:
        frame = getattr(coroutine, "cr_frame", None) or getattr(coroutine, "ag_frame", None)
        if frame is None:
            break
        if os.path.abspath(frame.f_code.co_filename) == _lesson:
            place, does = _source(frame), ""
        elif place and not does:
            does = _waits(frame)
        if does == "waits in wait_for":  # what it waits for is a task of its own before 3.12
            break
        coroutine = getattr(coroutine, "cr_await", None) or getattr(coroutine, "ag_await", None)
    waiter = task._fut_waiter
    if not does and isinstance(waiter, asyncio.Task):
        name = waiter.get_name()
        does = "waits for " + ("a task" if name.startswith("Task-") else name)
    elif not does:
        does = "waits for a future" if waiter else "is ready to run"
    return place and place | {"does": does}


def _waits(frame):
    """What a task does that waits in this function of a library."""
    name, owner = frame.f_code.co_name, frame.f_locals.get("self")
    if name == "sleep":
        return "sleeps"
    if owner is None:
        return "waits in " + name
    owner = type(owner).__name__
    ways = {"__aenter__": f"waits to enter {owner}", "__aexit__": f"waits to leave {owner}"}
    return ways.get(name, f"waits in {owner}.{name}")


def _write_trace():
    spoke = list(dict.fromkeys(event["task"] for event in _trace))
    for event in _trace:
        places = [place for place in event["places"] if place["task"] in spoke]
        places.sort(key=lambda place: (spoke.index(place["task"]), place["line"]))
        event["places"] = list({place["task"]: place for place in reversed(places)}.values())[::-1]
    with open(os.environ["STORY_TRACE"], "w", encoding="utf-8") as file:
        json.dump(_trace, file)


def run(story):
    """Tell the story: a coroutine function without parameters."""

    async def main():
        global _loop, _start
        _loop = asyncio.get_running_loop()
        _start = _loop.time()
        asyncio.current_task().set_name("main")
        await story()

    loop_factory = asyncio.new_event_loop if "--real" in sys.argv[1:] else VirtualLoop
    try:
        with asyncio.Runner(loop_factory=loop_factory) as runner:
            runner.run(main())
    finally:
        if _trace is not None:
            _write_trace()
