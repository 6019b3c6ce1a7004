"""Load of a panel of about 3 million rows and 20 columns, file to queryable version, against DuckDB's read_csv into a table.

Runs interleaved, best of three. Aim: at most 3 times, peak of all processes 3 GB.
"""

import pathlib
import subprocess
import sys
import tempfile
import threading
import time

from benchmarks.panel import months_of

RUNS = 3
BASELINE = "import duckdb, sys; duckdb.connect(sys.argv[2]).execute('create table t as select * from read_csv(?)', [sys.argv[1]])"


def resident(pid: int) -> int:
    """Bytes that a process and its children hold."""
    total = 0
    for child in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        total += sum(resident(int(c)) for c in child.read_text().split())
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            total += int(line.split()[1]) * 1024
    return total


def timed(command: list[str]) -> tuple[float, int]:
    """Seconds and peak bytes of a command with all its children."""
    peak, began = 0, time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    done = threading.Event()

    def watch() -> None:
        nonlocal peak
        while not done.wait(0.05):
            try:
                peak = max(peak, resident(process.pid))
            except (FileNotFoundError, ProcessLookupError):
                return

    watcher = threading.Thread(target=watch)
    watcher.start()
    code = process.wait()
    seconds = time.perf_counter() - began
    done.set()
    watcher.join()
    if code:
        raise SystemExit(f"{command[:3]} ended with {code}")
    return seconds, peak


def main() -> None:
    """Print both times, their ratio, and the peak."""
    with tempfile.TemporaryDirectory() as folder:
        room = pathlib.Path(folder)
        file = room / "customer_month.csv"
        rows = months_of(100_000, 36)
        rows.write_csv(file)
        print(f"{len(rows):,} rows, {rows.width} columns, {file.stat().st_size / 1e6:.0f} MB")
        del rows
        ours, theirs, peaks = [], [], []
        tool = str(pathlib.Path(sys.executable).with_name("churn-dash"))
        for run in range(RUNS):
            theirs.append(timed([sys.executable, "-c", BASELINE, str(file), str(room / f"{run}.duckdb")])[0])
            seconds, peak = timed([tool, "load", str(file), "--yes", "--workspace", str(room / f"w{run}"), "--json"])
            ours.append(seconds)
            peaks.append(peak)
        print(f"read_csv into a table: {min(theirs):.1f} s    load to a queryable version: {min(ours):.1f} s")
        print(f"ratio {min(ours) / min(theirs):.2f} (aim: at most 3)    peak {max(peaks) / 1e9:.2f} GB (aim: 3)")


if __name__ == "__main__":
    main()
