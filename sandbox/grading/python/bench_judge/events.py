"""Sends what the judge found to the supervisor, one line of JSON for each event."""

import json
import math
import os

MAX_TEXT = 2000
MAX_PLACES_PER_EVENT = 500


class Events:
    """Sends events; each carries the secret of this run."""

    def __init__(self, descriptor, secret):
        self.descriptor, self.secret = descriptor, secret
        self.write, self.dumps, self.process, self.own = os.write, json.dumps, os.getpid, os.getpid()

    def send(self, event):
        if self.process() != self.own:
            return
        data = self.dumps({**event, "secret": self.secret}).encode() + b"\n"
        while data:
            data = data[self.write(self.descriptor, data):]

    def test(self, name, status, message, seconds):
        """Reports one test; a duration that is no number is left out."""
        duration = seconds * 1000 if isinstance(seconds, float) and math.isfinite(seconds) and seconds >= 0 else None
        message = None if message is None else message[:MAX_TEXT]
        self.send({"kind": "test", "name": name, "status": status, "message": message, "durationMs": duration})

    def shapes(self, found):
        places = list(found.items())
        for start in range(0, len(places), MAX_PLACES_PER_EVENT):
            self.send({"kind": "shapes", "shapes": dict(places[start : start + MAX_PLACES_PER_EVENT])})
