"""Jobs as JSON text and back."""

import json
from dataclasses import asdict

from jobs.model import Job


def dump_state(jobs: list[Job], next_id: int, leases: int) -> str:
    """Write jobs, the next id and the number of leases so far as JSON text."""
    return json.dumps({"jobs": [asdict(job) for job in jobs], "next_id": next_id, "leases": leases})


def load_state(text: str) -> tuple[list[Job], int, int]:
    """Read what dump_state has written."""
    state = json.loads(text)
    return [Job(**entry) for entry in state["jobs"]], state["next_id"], state["leases"]
