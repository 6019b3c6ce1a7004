"""The same panel of about 3 million rows and 20 columns in UTF-8 and in GB18030, file to checked extract.

Each run is a process of its own; runs interleaved, best of three. Aim: GB18030 at most 1.3 times UTF-8.
"""

import pathlib
import subprocess
import sys
import tempfile

import polars as pl

from benchmarks.load import RUNS, timed
from benchmarks.panel import months_of

CITIES = ("上海市", "北京市", "深圳市", "哈尔滨市", "乌鲁木齐市", "重庆市")
READ = "import pathlib, sys; from churn_dash import intake; intake.extract([intake.Source.on_disk(pathlib.Path(sys.argv[1]))])"


def main() -> None:
    """Print both times, their ratio, and the peak of all processes."""
    with tempfile.TemporaryDirectory() as folder:
        room = pathlib.Path(folder)
        files = {"utf-8": room / "utf8" / "customer_month.csv", "gb18030": room / "gb18030" / "customer_month.csv"}
        rows = months_of(100_000, 36)
        cities = pl.Series("city", CITIES).gather(pl.int_range(len(rows), eager=True) % len(CITIES))
        for path in files.values():
            path.parent.mkdir()
        rows.drop("points").with_columns(cities).write_csv(files["utf-8"])
        subprocess.run(["iconv", "-f", "UTF-8", "-t", "GB18030", "-o", files["gb18030"], files["utf-8"]], check=True)
        print(f"{len(rows):,} rows, {rows.width} columns, {files['utf-8'].stat().st_size / 1e6:.0f} MB in UTF-8")
        del rows, cities
        seconds: dict[str, list[float]] = {name: [] for name in files}
        peak = 0
        for _run in range(RUNS):
            for name, path in files.items():
                took, most = timed([sys.executable, "-c", READ, str(path)])
                seconds[name].append(took)
                peak = max(peak, most)
        best = {name: min(took) for name, took in seconds.items()}
        print(f"UTF-8: {best['utf-8']:.1f} s    GB18030: {best['gb18030']:.1f} s")
        print(f"ratio {best['gb18030'] / best['utf-8']:.2f} (aim: at most 1.3)    peak {peak / 1e9:.2f} GB")


if __name__ == "__main__":
    main()
