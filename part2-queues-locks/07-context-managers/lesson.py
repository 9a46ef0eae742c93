"""Four requests each open a handler, and then a reader of frames. Whatever happens
after that, what is open is closed: the reader first, then the handler."""

import asyncio
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "workshop" / "lesson"))
from story import run, say


class Resource:
    """Takes a while to open and to close, as a connection does, or a file on a server."""

    def __init__(self, name, on_close=None):
        self.name, self.on_close = name, on_close

    async def __aenter__(self):
        try:
            await asyncio.sleep(0.3)
        except asyncio.CancelledError:
            say("is never open", self.name)
            raise
        say("is open", self.name)
        return self

    async def read(self, decode, offset, count):
        await asyncio.sleep(0.5)
        try:
            frames = decode(offset, count)
        except LookupError as error:
            say(error, self.name)
            raise
        say(f"reads {frames[0]} to {frames[-1]}", self.name)
        return frames

    async def __aexit__(self, *exc_info):
        await asyncio.sleep(0.2)
        if self.on_close:
            say(f"is closed: {self.on_close}", self.name)
            raise self.on_close
        say("is closed", self.name)


async def serve(n, decode, on_close=None):
    async with Resource(f"handler {n}"):
        async with Resource(f"reader {n}", on_close) as reader:
            return await reader.read(decode, 720, count=480)


async def answer(n, *args, patience=3600):
    request = asyncio.create_task(serve(n, *args))
    hang_up = asyncio.get_running_loop().call_later(patience, request.cancel, "client hung up")
    try:
        say(f"request {n}: {len(await request)} frames")
    except (Exception, asyncio.CancelledError) as error:
        say(f"request {n}: {error}")
        if error.__context__:
            say(f"and in its __context__: {error.__context__}")
    finally:
        hang_up.cancel()


def whole(offset, count):
    return range(offset, offset + count)


def torn(offset, count):
    raise LookupError("no frame 900")


def buggy(offset, count):
    raise AssertionError("a bug in the decoder")


class AsInTheArticle:
    async def __enter__(self):
        return self

    async def __exit__(self, *exc_info):
        pass


async def main():
    say("answers four requests")
    await answer(1, whole)
    await answer(2, torn, ValueError("bad checksum"))
    await answer(3, whole, patience=0.4)
    await answer(4, buggy)

    try:
        async with AsInTheArticle():
            say("is never said")
    except TypeError as error:
        say(f"__enter__ for __aenter__: {type(error).__name__}")


run(main)
