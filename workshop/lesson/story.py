"""What lesson.py uses to tell its story: who speaks, and a clock that jumps.

A story is a coroutine that speaks with say(). run() tells it in virtual time,
as testing/synctest does for the Go story: when nothing is ready to run, the
clock jumps to the next timer. With --real on the command line it takes real
time. Needs Python 3.11 or newer and nothing else.
"""

import asyncio
import selectors
import sys

if sys.version_info < (3, 11):
    sys.exit("lesson.py needs Python 3.11 or newer; this is " + sys.version.split()[0])


class _Jump(selectors.DefaultSelector):
    """A selector that moves the loop's clock instead of waiting for a timer."""

    now = 0.0
    outside = 0  # calls under way in threads or processes; they take no virtual time

    def select(self, timeout=None):
        if self.outside or timeout == 0:
            return super().select(timeout if timeout == 0 else None)
        events = super().select(0)
        if not events and timeout is None:
            raise RuntimeError("deadlock: nothing is ready to run and no timer is set")
        if not events:
            self.now += timeout
        return events


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
        future = super().run_in_executor(executor, func, *args)
        self._jump.outside += 1
        future.add_done_callback(self._came_back)
        return future

    def _came_back(self, _):
        self._jump.outside -= 1


_start = 0.0


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


def run(story):
    """Tell the story: a coroutine function without parameters."""

    async def main():
        global _start
        _start = asyncio.get_running_loop().time()
        asyncio.current_task().set_name("main")
        await story()

    loop_factory = asyncio.new_event_loop if "--real" in sys.argv[1:] else VirtualLoop
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        runner.run(main())
