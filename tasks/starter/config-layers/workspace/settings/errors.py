"""What can be wrong with settings."""

from collections.abc import Iterable


class SettingsError(Exception):
    """Raised once, with all problems that were found, in the order in which they were found."""

    def __init__(self, problems: Iterable[str]) -> None:
        """Keep the problems, each "<source>: <key>: <what is wrong>"."""
        self.problems = list(problems)
        super().__init__("\n".join(self.problems))
