"""How a partner writes CSV."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Dialect:
    """The special characters of a kind of CSV; None where it has none."""

    delimiter: str = ","
    quote: str = '"'
    escape: str | None = None
    comment: str | None = None
    trim: bool = False
    keep_empty_lines: bool = False


class CsvError(ValueError):
    """Text that does not follow its dialect, with the place of the character at fault, both counted from 1."""

    def __init__(self, message: str, line: int, column: int, records: list[list[str]]) -> None:
        super().__init__(f"line {line}, column {column}: {message}")
        self.line = line
        self.column = column
        self.records = records
        """The records that the same call completed before the error."""
