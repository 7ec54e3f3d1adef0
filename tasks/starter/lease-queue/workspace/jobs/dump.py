"""Jobs as JSON text and back."""

import json
from dataclasses import asdict

from jobs.model import Job


def dump_jobs(jobs: list[Job]) -> str:
    """Write jobs as JSON text."""
    return json.dumps({"jobs": [asdict(job) for job in jobs]})


def load_jobs(text: str) -> list[Job]:
    """Read jobs from JSON text."""
    return [Job(**entry) for entry in json.loads(text)["jobs"]]
