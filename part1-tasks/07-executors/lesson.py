"""Calls that block, two places for three photos and a second process, while a ticker ticks."""

import asyncio
import math
import multiprocessing
import subprocess
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from itertools import count
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "workshop" / "lesson"))
from story import block, run, say


async def tick():
    loop = asyncio.get_running_loop()
    start = loop.time()
    for n in count(1):
        await asyncio.sleep(start + n * 0.5 - loop.time())
        say(f"tick {n}")


def read_file():
    block(0.8)


def convert(loop, photo, seconds):  # in a thread, which must not touch the loop
    loop.call_soon_threadsafe(lambda: say("begins", photo))
    block(seconds)
    loop.call_soon_threadsafe(lambda: say("is ready", photo))


async def convert_all(loop):
    with ThreadPoolExecutor(2) as pool:
        calls = []
        for n, seconds in enumerate([0.7, 0.9, 0.6], 1):
            calls.append(loop.run_in_executor(pool, convert, loop, f"photo {n}", seconds))
            await asyncio.sleep(0.1)
        await asyncio.gather(*calls)


def primes_below(n, seconds):  # in another process
    prime = bytearray([0, 0]) + bytearray([1]) * (n - 2)
    for i in range(2, math.isqrt(n) + 1):
        if prime[i]:
            prime[i * i :: i] = bytes(len(range(i * i, n, i)))
    block(seconds)
    return sum(prime)


async def count_primes(loop):
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn) as pool:
        say("asks a second process")
        say("counts the primes below 10000", "worker")
        found = await loop.run_in_executor(pool, primes_below, 10_000, 0.8)
        say(f"finds {found}", "worker")

        say("asks for more, in 0.6 s at most")
        say("counts the primes below 1000000", "worker")
        call = loop.run_in_executor(pool, primes_below, 1_000_000, 1.6)
        await asyncio.wait([call], timeout=0.6)
        say("gives up")
        # call.cancel() would end the wait, not the work. And the with-block
        # cannot be left before the work is done: it would stop the loop.
        say(f"finds {await call} all the same", "worker")


WITHOUT_GUARD = """
from concurrent.futures import ProcessPoolExecutor
import multiprocessing
with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
    print(pool.submit(abs, -1).result())
"""


def run_without_guard():
    """Runs a program in which if __name__ == "__main__" is missing; returns the errors that it names."""
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder, "program.py")
        program.write_text(WITHOUT_GUARD)
        ended = subprocess.run([sys.executable, program], capture_output=True, text=True, check=False)
    return [name for name in ("RuntimeError", "BrokenProcessPool") if name in ended.stderr]


async def main():
    loop = asyncio.get_running_loop()
    ticker = asyncio.create_task(tick(), name="ticker")

    say("reads a file, in a call that blocks")
    await loop.run_in_executor(None, read_file)
    say("reads it again, without an executor")
    read_file()

    say("has 3 photos for 2 places")
    await convert_all(loop)
    await count_primes(loop)
    ticker.cancel()

    child, parent = run_without_guard()
    say(f"without the guard: {child} in the child, {parent} here")


if __name__ == "__main__":  # the second process begins by importing this file
    run(main)
