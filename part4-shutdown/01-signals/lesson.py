"""Three services are sent signals: what they make of them, and the exit status with which they end.

With --real each is a process of its own and gets real signals. Otherwise they are tasks of one
loop, and a signal is a call of its handler.
"""

import asyncio
import signal
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "workshop" / "lesson"))
from story import run, say

WORDS = {"SIGHUP": "hangup", "SIGTERM": "terminated", "SIGINT": "interrupt"}
DOES = {"backup": "copies files", "mailer": "sends mails", "shop": "sells"}
TAKES = {"backup": 0.6, "mailer": 0.5, "shop": 2}


async def serve(name, say):
    """Do the work of a service until cancelled, and clean up."""
    say(DOES[name], name)
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError as asked:
        say(f"stops: {asked}", name)
        try:
            await asyncio.sleep(TAKES[name])  # in place of the clean-up
        except asyncio.CancelledError as again:
            say(f"is cut off: {again}", name)
            raise
        if name == "mailer":
            say("7 mails not saved: disk full", name)
            raise OSError("save mails: disk full")
        say("has stopped", name)
        raise


async def shutdown(sig, name, stop):
    """Do as the article does: cancel all tasks but oneself, wait for them, stop the loop."""
    own = asyncio.current_task()
    tasks = [t for t in asyncio.all_tasks() if t is not own and t.get_name() == name]
    for task in tasks:
        task.cancel(f"{WORDS[sig]} signal received")
    await asyncio.gather(*tasks, return_exceptions=True)
    stop()


def listen(loop, name):
    for sig in WORDS:
        loop.add_signal_handler(
            getattr(signal, sig),
            lambda sig=sig: loop.create_task(shutdown(sig, name, loop.stop), name=name),
        )


def tell(text, _):
    print(text, flush=True)


def service(name):
    """Be a whole program, the article's."""
    loop = asyncio.new_event_loop()
    listen(loop, name)
    kept = loop.create_task(serve(name, tell), name=name)
    loop.run_forever()
    loop.close()
    return kept


async def service_of_run(name):
    """Be the same program under asyncio.run."""
    asyncio.current_task().set_name(name)
    listen(asyncio.get_running_loop(), name)
    await serve(name, tell)


async def start_process(name):
    program = [sys.executable, __file__, "service", name]
    process = await asyncio.create_subprocess_exec(*program, stdout=asyncio.subprocess.PIPE)
    first = await process.stdout.readline()  # from then on it takes signals
    say(first.decode().strip(), name)

    async def end():
        async for line in process.stdout:
            say(line.decode().strip(), name)
        return await process.wait()

    return lambda sig: process.send_signal(getattr(signal, sig)), end()


async def start_task(name):
    ended = asyncio.get_running_loop().create_future()
    tasks = [asyncio.create_task(serve(name, say), name=name)]

    def send(sig):
        stop = shutdown(sig, name, lambda: ended.set_result(0))
        tasks.append(asyncio.create_task(stop, name=name))

    return send, ended


async def report(name, ended):
    say(f"exit status {await ended}", name)


async def main():
    say("starts three services")
    send, reports = {}, []
    for name in DOES:
        start = start_process if "--real" in sys.argv else start_task
        send[name], ended = await start(name)
        reports.append(asyncio.create_task(report(name, ended)))

    for wait, sig, to in (
        (1, "SIGTERM", "backup"),
        (1, "SIGINT", "mailer"),
        (1, "SIGHUP", "shop"),
        (0.5, "SIGTERM", "shop"),
    ):
        await asyncio.sleep(wait)
        say(f"sends {sig} to {to}")
        send[to](sig)
    await asyncio.gather(*reports)
    say("all have ended")


match sys.argv[1:]:
    case ["service", name]:
        service(name)
    case ["service", name, "run"]:
        asyncio.run(service_of_run(name))
    case _:
        run(main)
