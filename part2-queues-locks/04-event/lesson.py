"""A traffic light: green is for the cars that wait and for those that come later, until it is red. Main is the light."""

import asyncio
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "workshop" / "lesson"))
from story import run, say


async def main():
    await waits_for_them_first()

    light = asyncio.Event()  # green while it is set
    whistle = asyncio.Condition()
    street = []

    def car(name):
        street.append(asyncio.create_task(cross("comes to the light", light.wait), name=name))

    def listener(name):
        street.append(asyncio.create_task(cross("listens for the whistle", hear(whistle)), name=name))

    await asyncio.sleep(0.5)
    for name in "car A", "car B", "car C":
        car(name)
    listener("bus")
    await asyncio.sleep(0.5)
    say("turns green, and whistles")
    light.set()  # once, for all three
    await blow(whistle)

    await asyncio.sleep(0.4)
    car("car D")  # late, and the light is still green
    await asyncio.sleep(0.1)
    listener("tram")  # late, and the whistle is over
    await asyncio.sleep(0.2)
    say("turns green once more")
    light.set()

    await asyncio.sleep(0.3)
    say("turns red")
    light.clear()
    await asyncio.sleep(0.2)
    car("car E")
    await asyncio.sleep(0.5)
    say("turns green, and red at once")
    light.set()
    light.clear()  # before car E has moved

    await asyncio.sleep(0.2)
    car("car F")
    await asyncio.sleep(0.6)
    say("turns green")
    light.set()
    await asyncio.gather(*street)


async def waits_for_them_first():
    """The article's program: it turns green when all are across."""
    say("is red until all three are across")
    green = asyncio.Event()
    cars = [
        asyncio.create_task(cross("comes to the light", green.wait), name=name)
        for name in ("car A", "car B", "car C")
    ]
    await asyncio.gather(*cars)
    say("turns green too late, then red")
    green.set()


async def cross(how, sign):
    """Waits for a sign, one second at most."""
    say(how)
    try:
        await asyncio.wait_for(sign(), 1)
        say("is across")
    except TimeoutError:
        say("turns back")


def hear(whistle):
    async def wait():
        async with whistle:
            await whistle.wait()

    return wait


async def blow(whistle):
    async with whistle:
        whistle.notify_all()


run(main)
