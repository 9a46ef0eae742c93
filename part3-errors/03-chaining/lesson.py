"""Five parcels are weighed and get a label: four by a chain of callbacks, as in Chapter 5, the fifth by a plain sequence."""

import asyncio
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "workshop" / "lesson"))
from story import run, say


def ship_by_callbacks(number, scale=None, printer=None):
    done = asyncio.Event()

    def weighed(task):
        kg = task.result()
        say("starts the printer", task="callback 1")
        second = asyncio.create_task(print_label(number, kg, printer))
        second.add_done_callback(labelled)

    def labelled(task):
        say("sets the event", task="callback 2")
        done.set()

    first = asyncio.create_task(weigh(number, scale))
    first.add_done_callback(weighed)
    return first, done


async def deliver(number, **fails):
    following = asyncio.create_task(asyncio.sleep(1.2))
    say(f"ships parcel {number}")
    first, done = ship_by_callbacks(number, **fails)
    if number == 4:
        asyncio.get_running_loop().call_later(0.6, cancel, first)
    try:
        await asyncio.wait_for(done.wait(), 1)
        say(f"parcel {number}: label P{number}, 3 kg")
    except TimeoutError:
        say(f"parcel {number}: silence, gives up")
    await following


def cancel(first):
    say("cancels parcel 4", task="customer")
    say(f"weighing could be cancelled: {first.cancel()}", task="customer")


async def ship(number):
    kg = await weigh(number)
    return await print_label(number, kg)


def display(task):
    failed = task.cancelled() or task.exception()
    text = "no label" if failed else f"label {task.result()}"
    say(f"shows {text}", task="display")


async def weigh(number, fails=None):
    say(f"weighs parcel {number}", task="scale")
    await work("scale", fails)
    say("3 kg", task="scale")
    return 3


async def print_label(number, kg, fails=None):
    say(f"prints for {kg} kg", task="printer")
    await work("printer", fails)
    say("the label is out", task="printer")
    return f"P{number}, {kg} kg"


async def work(who, fails):
    await asyncio.sleep(0.4)
    if fails:
        say(f"fails: {fails}", task=who)
        raise OSError(fails)


def handler(loop, context):
    say(f"is called: {context['exception']}", task="handler")


async def main():
    asyncio.get_running_loop().set_exception_handler(handler)
    await deliver(1)
    await deliver(2, scale="the scale is stuck")
    await deliver(3, printer="no paper")
    await deliver(4)

    say("ships parcel 5 and sweeps")
    task = asyncio.create_task(ship(5))
    task.add_done_callback(display)
    await asyncio.sleep(1)
    say("has swept")
    await task


run(main)
