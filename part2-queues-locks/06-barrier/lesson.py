"""Three hikers walk from hut to hut, and none leaves a hut before all three are there."""

import asyncio
import sys
import threading
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "workshop" / "lesson"))
from story import run, say


async def hiker(hut, *walks):
    """Walks, then waits for the other hikers, once for each walk."""
    say("sets off")
    for walk in walks:
        await asyncio.sleep(walk)
        say("waits in the hut")
        try:
            number = await hut.wait()
        except asyncio.BrokenBarrierError:
            say("turns back: broken")
            continue
        except asyncio.CancelledError:
            say("gives up")
            raise
        if number == 0:  # one hiker in each round is
            say("goes on as 0, signs for all")
        else:
            say(f"goes on as {number}")


async def main():
    hut = asyncio.Barrier(3)  # each hut on the way is a round
    anna = asyncio.create_task(hiker(hut, 1.2, 1.9, 1.5), name="anna")
    ben = asyncio.create_task(hiker(hut, 0.6, 0.5, 1.0), name="ben")
    carla = asyncio.create_task(hiker(hut, 0.9, 0.7), name="carla")
    await asyncio.sleep(2.2)

    say("carla is ill, dora comes instead")
    carla.cancel()
    dora = asyncio.create_task(hiker(hut, 0.3, 1.5), name="dora")
    await asyncio.sleep(0.5)

    say("a storm: aborts")
    await hut.abort()
    await asyncio.sleep(0.7)

    say("the sun is out: resets")
    await hut.reset()
    await asyncio.gather(anna, ben, carla, dora, return_exceptions=True)
    say("all are down")

    # In the barrier for threads, a thread that gives up breaks the round for all.
    strict = threading.Barrier(3)
    try:
        strict.wait(timeout=0)
    except threading.BrokenBarrierError:
        say(f"threading: one gives up, broken is {strict.broken}")


run(main)
