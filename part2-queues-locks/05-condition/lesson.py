"""A bakery: customers wait until there is a loaf. Main is the baker."""

import asyncio
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "workshop" / "lesson"))
from story import run, say


class Bakery:
    def __init__(self):
        self.shop = asyncio.Condition()
        self.loaves = 0  # guarded by the shop's lock
        self.customers = []

    async def story(self):
        say("puts out 1 loaf, before a customer")
        await self.put_out(1, wake=1)
        await asyncio.sleep(0.2)
        self.comes("anna")

        await asyncio.sleep(0.2)
        self.comes("ben")
        await asyncio.sleep(0.1)
        self.comes("carl")
        await asyncio.sleep(0.1)
        self.comes("dora")
        await asyncio.sleep(0.1)
        eve = self.comes("eve")
        await asyncio.sleep(0.3)
        say("puts out 2 and wakes two")
        await self.put_out(2, wake=2)
        await asyncio.sleep(0.5)
        say("puts out 1 and wakes all")
        async with self.shop:
            self.loaves += 1
            self.shop.notify_all()

        await asyncio.sleep(0.5)
        self.comes("finn")
        await asyncio.sleep(0.4)
        say("puts out 1, wakes eve, calls her away")
        async with self.shop:
            self.loaves += 1
            self.shop.notify()
            eve.cancel()

        await asyncio.sleep(0.3)
        self.customers.append(asyncio.create_task(self.hurry(), name="gina"))
        await asyncio.sleep(0.3)
        say("sweeps the floor, with the lock")
        async with self.shop:
            await asyncio.sleep(0.7)
        say("has swept")

        await asyncio.sleep(0.2)
        self.comes("hugo")
        await asyncio.sleep(0.4)
        say("puts out 1, wakes one, wants it back")
        await self.put_out(1, wake=1)
        async with self.shop:
            if not self.loaves:
                say("is too late to take it back")
            else:
                self.loaves -= 1
                say("takes it back")
        await asyncio.sleep(0.4)
        say("puts out 1 more")
        await self.put_out(1, wake=1)
        await asyncio.gather(*self.customers, return_exceptions=True)

    async def put_out(self, loaves, wake):
        async with self.shop:
            self.loaves += loaves
            self.shop.notify(wake)

    def comes(self, name):
        customer = asyncio.create_task(self.buy(), name=name)
        self.customers.append(customer)
        return customer

    async def buy(self):
        """Waits for a loaf and takes it."""
        async with self.shop:
            if not self.loaves:
                say("waits for a loaf")
            while not self.loaves:
                try:
                    await self.shop.wait()
                except asyncio.CancelledError:
                    self.shop.notify()  # passes on what 3.11 and 3.12 would lose
                    say("is called away")
                    raise
                if not self.loaves:
                    say("finds none left, waits again")
            self.loaves -= 1
            say("takes a loaf")

    async def hurry(self):
        """Waits for a loaf, half a second at most."""
        async with self.shop:
            say("waits for a loaf, 0.5 s at most")
            try:
                async with asyncio.timeout(0.5):
                    await self.shop.wait_for(lambda: self.loaves > 0)
            except TimeoutError:
                say("gives up, now that she has the lock")
                return
            self.loaves -= 1
            say("takes a loaf")


run(Bakery().story)
