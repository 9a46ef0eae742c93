"""A server gets SIGTERM with orders in flight, and drains."""

import asyncio
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "workshop" / "lesson"))
from story import run, say


class Writer:  # a connection in memory: what one end writes, the other end reads
    def __init__(self, reader):
        self.write, self.close = reader.feed_data, reader.feed_eof


class Server:
    def __init__(self):
        self.open, self.ready, self.in_flight = False, True, set()

    async def connect(self):  # in a program: asyncio.open_connection
        if not self.open:
            raise ConnectionRefusedError
        here, there = asyncio.StreamReader(), asyncio.StreamReader()
        task = asyncio.create_task(self.handle(there, Writer(here)))
        self.in_flight.add(task)  # asyncio keeps no list to wait for
        task.add_done_callback(self.in_flight.discard)
        return here, Writer(there)

    async def handle(self, reader, writer):  # in a program: asyncio.start_server calls it
        try:
            what, takes = (await reader.readline()).split()
            await asyncio.sleep(float(takes))
            writer.write(b"200\n" if self.ready or what != b"ready" else b"503\n")
        except asyncio.CancelledError:
            writer.write(b"503\n")  # a cancelled handler can still answer
            raise
        finally:
            writer.close()

    async def serve(self, sigterm):
        say("opens the door")
        self.open = True
        await sigterm.wait()

        self.ready = False
        say("SIGTERM: not ready from now on")
        await asyncio.sleep(1)  # the door stays open: the balancer does not know yet

        say(f"closes the door, {len(self.in_flight)} in flight")
        self.open = False  # in a program: server.close(), which waits for no handler
        _, late = await asyncio.wait(self.in_flight, timeout=1.5)
        if late:
            say(f"time is up: cancels {len(late)}")
            for task in late:
                task.cancel()
            await asyncio.wait(late)
        return not late


class Town:
    def __init__(self, server):
        self.server, self.sends = server, False

    async def ask(self, what, takes=0):
        reader, writer = await self.server.connect()
        writer.write(f"{what} {takes}\n".encode())
        return int(await reader.readline())

    async def balance(self):
        while (status := await self.ask("ready")) == 200:
            if not self.sends:
                say(f"is told {status}: sends the orders here")
            self.sends = True
            await asyncio.sleep(0.7)
        self.sends = False
        say(f"is told {status}: sends no more")

    async def order(self, at, takes, direct=False):
        await asyncio.sleep(at)
        if not direct and not self.sends:
            say("is sent to another server")
            return
        say(f"comes{' directly' if direct else ''}, takes {takes} s")
        try:
            say(f"is answered: {await self.ask('order', takes)}")
        except ConnectionRefusedError:
            say("is refused: nothing listens")


async def main():
    server, sigterm = Server(), asyncio.Event()  # in a program: loop.add_signal_handler(SIGTERM, sigterm.set)
    serving = asyncio.create_task(server.serve(sigterm), name="server")
    town = Town(server)
    clients = [asyncio.create_task(town.balance(), name="balancer")]
    for name, *order in [
        ("order 1", 0.2, 0.4),
        ("order 2", 0.5, 1.8),
        ("export", 0.8, 3600),
        ("order 3", 1.2, 1.5),
        ("order 4", 1.6, 0.3),
        ("order 5", 2.2, 0.3, True),
    ]:
        clients.append(asyncio.create_task(town.order(*order), name=name))

    await asyncio.sleep(1)
    say("sends SIGTERM")
    sigterm.set()
    all_answered = await serving
    await asyncio.gather(*clients)
    if not all_answered:
        say("exit status 1: not all were answered")


run(main)
