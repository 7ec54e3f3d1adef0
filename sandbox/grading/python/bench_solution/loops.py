"""Runs coroutines of the solution in steps, so that the loop of the test goes on between them."""

import sys

SLICE_SECONDS = 0.005
PAUSE_SECONDS = 0.0005
# What an idle loop waits for: its own wake-up.
OWN_DESCRIPTORS = 1


def pause(seconds):
    """Sleeps, whatever a test put in the place of asyncio.sleep."""
    from asyncio.tasks import sleep

    return sleep(seconds)


class Loops:
    """One event loop for each loop of the tests; `current` is the number of the loop from which the request came, or None."""

    def __init__(self, peer):
        self.peer, self.current = peer, None
        self.by_number, self.tasks = {}, {}

    def loop(self):
        import asyncio  # most solutions have no coroutines

        if self.current not in self.by_number:
            self.by_number[self.current] = asyncio.new_event_loop()
        return self.by_number[self.current]

    def is_running(self):
        events = sys.modules.get("asyncio.events")
        return events is not None and events._get_running_loop() is not None

    def run(self, function, *args):
        """Calls a function; inside a loop when the test that asks runs in one."""
        if self.current is None or self.is_running():
            return function(*args)

        async def call():
            # A coroutine cannot raise it.
            try:
                return function(*args), None
            except StopIteration as end:
                return None, end

        value, end = self.loop().run_until_complete(call())
        if end is not None:
            raise end
        return value

    def turn(self):
        """Lets what the solution left in its loop go on for a moment; returns whether there is anything."""
        import asyncio

        loop = self.by_number.get(self.current)
        if loop is None or loop.is_closed() or self.is_running():
            return False
        if not asyncio.all_tasks(loop) and len(loop._selector.get_map()) <= OWN_DESCRIPTORS:
            return False
        loop.run_until_complete(pause(PAUSE_SECONDS))
        return True

    def start(self, awaitable):
        import asyncio

        if id(awaitable) not in self.tasks:
            loop = self.loop()
            task = asyncio.ensure_future(awaitable, loop=loop) if not hasattr(awaitable, "get_loop") else awaitable
            self.tasks[id(awaitable)] = (awaitable, task, loop)
            if not self.is_running():
                loop.run_until_complete(pause(0))

    def poll(self, awaitable):
        """Runs the loop for a moment; returns whether the task is done, and its result."""
        import asyncio

        _, task, loop = self.tasks[id(awaitable)]
        if not task.done() and not self.is_running():
            loop.run_until_complete(asyncio.wait({task}, timeout=SLICE_SECONDS))
        if not task.done():
            return False, None
        del self.tasks[id(awaitable)]
        return True, task.result()

    def cancel(self, awaitable):
        self.tasks[id(awaitable)][1].cancel()

    def wait(self, awaitable):
        """Drives a coroutine of the tests from a coroutine of the solution."""
        import asyncio

        self.peer.ask("start", awaitable)
        while True:
            is_done, value = self.peer.ask("poll", awaitable)
            if is_done:
                return value
            try:
                yield from pause(PAUSE_SECONDS).__await__()
            except asyncio.CancelledError:
                self.peer.ask("cancel", awaitable)
                raise
