"""The data dictionary: the ten tables as a page people read.

`python -m data.dictionary > docs/data-dictionary.md` writes the page; a test holds it to the code.
"""

import sys

from data.clinic import CLINIC_TABLES
from data.columns import Column, Kind, TableSpec

HEAD = """# Data dictionary

Printed from `data/clinic.py` by `python -m data.dictionary`. Each table is a file `NAME.parquet`, `NAME.csv` or `NAME.ndjson` of a
clinic folder. **Bold** columns are required. Times are RFC 3339 UTC. In CSV a list is joined with `|`; a `|` or a backslash inside
a value is written `\\|` and `\\\\`. Ids and words have 1 to 128 characters; an empty value is a missing one. Unknown columns are
refused. A required list column must be there and may be empty.
"""


def range_of(column: Column) -> str:
    """The allowed values of a column in words.

    Example:
        >>> from data.columns import integer
        >>> range_of(integer("phq9_total", 0, 27))
        '0 to 27'
    """
    if column.choices:
        return ", ".join(column.choices)
    if column.low is not None and column.high is not None:
        return f"{column.low:g} to {column.high:g}"
    if column.low is not None:
        return f"{column.low:g} or more"
    return ""


def section(spec: TableSpec) -> str:
    """One table as a Markdown section."""
    lines = [
        f"## {spec.name}",
        "",
        f"{spec.doc} A row is identified by {', '.join(f'`{name}`' for name in spec.key)}.",
        "",
        "| column | kind | values | meaning |",
        "| --- | --- | --- | --- |",
    ]
    for column in spec.columns:
        name = column.name + ("[]" if column.kind is Kind.WORDS else "")
        shown = f"**{name}**" if column.is_required else name
        lines.append(f"| {shown} | {column.kind} | {range_of(column)} | {column.doc} |")
    return "\n".join(lines)


def page() -> str:
    """The whole dictionary as Markdown."""
    return (
        "\n\n".join([HEAD.rstrip(), *(section(spec) for spec in CLINIC_TABLES.values())]) + "\n"
    )


if __name__ == "__main__":
    sys.stdout.write(page())
