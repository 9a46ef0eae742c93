"""Weather stations are streams of values: one is left early, one fails, two are read side by side."""

import asyncio
import sys
from contextlib import aclosing
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "workshop" / "lesson"))
from story import run, say


async def main():
    say("reads station A until it is warm")
    async with aclosing(readings("station A", 17, 19, 21, 23)) as stream:
        async for value in stream:
            say(f"reads {value}")
            await asyncio.sleep(0.2)  # the station waits meanwhile
            if value > 20:
                say("it is warm: leaves the stream")
                break
    await asyncio.sleep(0.4)

    say("reads station B")
    async with aclosing(readings("station B", 18, None, 19)) as stream:
        try:
            async for value in stream:
                say(f"reads {value}")
        except OSError as error:
            say(f"station B: {error}")
    await side_by_side()

    stream = readings("station C", 17, 19)
    async for value in stream:
        say("leaves station C, without aclosing")
        break
    await asyncio.sleep(1)
    say("goes home, and station C is still open")


async def readings(name, *values):
    """A stream: opens a station, and measures a value when the loop asks for the next one."""
    say("is open", name)
    try:
        for value in values:
            await asyncio.sleep(0.3)
            if value is None:
                raise OSError("no power")
            say(f"measures {value}", name)
            yield value
    finally:
        say("is closed", name)


async def side_by_side():
    """Reads two stations at once: each has a task, and a queue is the stream."""
    say("reads north and south, four values")
    values = asyncio.Queue(1)
    stations = [
        asyncio.create_task(send("north", 0.3, values), name="north"),
        asyncio.create_task(send("south", 0.5, values), name="south"),
    ]
    for _ in range(4):
        say(f"gets {await values.get()}")
    say("has four values, stops both")
    for station in stations:
        station.cancel()
    await asyncio.wait(stations)


async def send(name, interval, values):
    say("is open")
    n = 0
    try:
        while True:
            await asyncio.sleep(interval)
            n += 1
            await values.put(f"{name} {n}")
    except asyncio.CancelledError:
        say("stops")
        raise


run(main)
