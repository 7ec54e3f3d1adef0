"""Reads CSV piece by piece."""

from csvstream.dialect import Dialect


class CsvReader:
    """Turns pieces of text into records."""

    def __init__(self, dialect: Dialect = Dialect()) -> None:
        raise NotImplementedError

    def feed(self, chunk: str) -> list[list[str]]:
        """Take the next piece and return the records that it completes."""
        raise NotImplementedError

    def close(self) -> list[list[str]]:
        """Say that there is no more, and return the last record, if there is one."""
        raise NotImplementedError
