"""Import of content events: rows a second, and the most memory the import took.

`python benchmarks/import_events.py [--rows 1000000] [--format csv] [--database URL]`
"""

import argparse
import random
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from data.clinic import CONTENT_EVENT_TYPES, CONTENT_EVENTS
from data.database import open_engine
from data.importing import import_table
from data.migrate import upgrade

START = datetime(2025, 1, 1, tzinfo=UTC)


def write_events(path: Path, rows: int, seed: int = 1) -> None:
    """A CSV file of events with all columns, times ascending."""
    random_source = random.Random(seed)  # noqa: S311 - a benchmark
    with path.open("w", encoding="utf-8") as file:
        file.write(",".join(CONTENT_EVENTS.names) + "\n")
        for row in range(rows):
            at = (START + timedelta(seconds=30 * row)).strftime("%Y-%m-%dT%H:%M:%SZ")
            user, item = random_source.randrange(50_000), random_source.randrange(3_000)
            kind = CONTENT_EVENT_TYPES[row % len(CONTENT_EVENT_TYPES)]
            mood = random_source.randrange(11)
            file.write(
                f"event-{random_source.getrandbits(64):016x}-{row},user-{user:06d},"
                f"item-{item:05d},{kind},{at},{random_source.random():.3f},{mood},,10,"
                f"{row % 24},r-{row // 10},{row % 20}\n"
            )


def converted(path: Path, suffix: str) -> Path:
    """The same events in another format, by way of a database."""
    from data.exporting import export_folder  # noqa: PLC0415 - only where it is wanted

    with tempfile.TemporaryDirectory() as name:
        engine = open_engine(f"sqlite:///{Path(name) / 'rapport.db'}")
        upgrade(engine)
        import_table(engine, "content_events", path)
        started = time.perf_counter()
        export_folder(engine, path.parent / suffix, format=suffix, tables=["content_events"])
        print(f"export: {time.perf_counter() - started:.1f} s")
    return path.parent / suffix / f"content_events.{suffix}"


def import_once(path: Path, url: str) -> None:
    """Import in this process, and print what it took."""
    engine = open_engine(url)
    upgrade(engine)
    for label in ("first", "again"):
        started = time.perf_counter()
        counts = import_table(engine, "content_events", path)
        seconds = time.perf_counter() - started
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024
        print(
            f"{label}: {counts} in {seconds:.1f} s, "
            f"{counts.read / seconds:,.0f} rows/s, peak memory {peak:.0f} MiB"
        )


def main() -> None:
    """Make the file, then import it in a process of its own, whose memory is then its alone."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--format", choices=("csv", "ndjson", "parquet"), default="csv")
    parser.add_argument("--database", default="")
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.file:
        import_once(options.file, options.database)
        return
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "content_events.csv"
        write_events(path, options.rows)
        if options.format != "csv":
            path = converted(path, options.format)
        print(f"{path.stat().st_size / 1_048_576:.0f} MiB of {options.format}")
        url = options.database or f"sqlite:///{Path(name) / 'rapport.db'}"
        command = [sys.executable, __file__, "--file", str(path), "--database", url]
        subprocess.run(command, check=True)  # noqa: S603 - this very script


if __name__ == "__main__":
    main()
