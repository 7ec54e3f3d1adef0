"""Coroutines of either side, which are driven from the loop of the other."""

import types

SLICE_SECONDS = 0.005
# How often what the solution left in its loop goes on, while the tests wait for something else.
TURN_SECONDS = 0.005


class Loops:
    """Runs what one side awaits of the other; the rest of the judge's end asks and answers."""

    def __init__(self, *parts):
        self.tasks, self.loop, self.turning = {}, None, None
        super().__init__(*parts)

    def step(self, do, number, on):
        """Runs a coroutine of the tests in the loop that runs here, step by step."""
        import asyncio  # loading it takes as long as many tests

        is_running = asyncio._get_running_loop() is not None
        if not is_running and self.loop is None:
            # The solution runs a loop of its own, called by a test that has none.
            self.loop = asyncio.new_event_loop()
        if do == "start" and number not in self.tasks:
            awaitable = on if isinstance(on, types.CoroutineType) else awaited(on)
            self.tasks[number] = (asyncio.get_running_loop() if is_running else self.loop).create_task(awaitable)
        task = self.tasks[number]
        if do == "cancel":
            return task.cancel()
        if not is_running and not task.done():
            self.loop.run_until_complete(asyncio.wait({task}, timeout=SLICE_SECONDS))
        return (True, task.result()) if do == "poll" and task.done() else (False, None)

    def keep_turning(self):
        """Lets tasks and servers of the solution go on for as long as there are some and the loop of this test runs."""
        import asyncio

        loop = asyncio.get_running_loop()
        if self.turning is loop:
            return
        self.turning = loop

        def turn():
            self.turning = None
            if self.ask("turn", None) is True:
                self.turning = loop
                loop.call_later(TURN_SECONDS, turn)

        loop.call_later(TURN_SECONDS, turn)

    def wait(self, awaitable):
        """Drives an awaitable of the solution from the loop of the test: between the steps of the solution's loop, this one goes on."""
        import asyncio

        self.ask("start", awaitable)
        self.keep_turning()
        cancelled = None
        while True:
            is_done, value = self.ask("poll", awaitable)
            if is_done is True:
                if cancelled is not None:
                    raise cancelled
                return value
            try:
                yield
            except (asyncio.CancelledError, GeneratorExit) as error:
                cancelled = error
                self.ask("cancel", awaitable)


async def awaited(value):
    return await value
