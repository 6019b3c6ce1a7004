"""One month appended to datasets of 12 and of 24 months, beside loading that month alone and loading everything anew.

Aim: in proportion to the month, not to the dataset: the two appends should cost alike. Runs interleaved, best of three.
"""

import datetime
import pathlib
import shutil
import sys
import tempfile

import polars as pl

from benchmarks.load import timed
from benchmarks.panel import months_of

RUNS = 3
SIZES = (12, 24)


def main(n_customers: int = 100_000) -> None:
    """Print the seconds of each and their ratios."""
    tool = str(pathlib.Path(sys.executable).with_name("churn-dash"))
    with tempfile.TemporaryDirectory() as folder:
        room = pathlib.Path(folder)
        rows = months_of(n_customers, max(SIZES) + 1)
        axis = rows["month"].unique().sort()

        def written(name: str, first: datetime.date, last: datetime.date) -> pathlib.Path:
            path = room / f"{name}.csv"
            rows.filter(pl.col("month").is_between(first, last)).write_csv(path)
            return path

        def load(path: pathlib.Path, workspace: pathlib.Path) -> float:
            return timed([tool, "load", str(path), "--yes", "--workspace", str(workspace), "--json"])[0]

        month = {n: written(f"month{n}", axis[n], axis[n]) for n in SIZES}
        whole = written("whole", axis[0], axis[-1])
        for n in SIZES:
            load(written(f"first{n}", axis[0], axis[n - 1]), room / f"base{n}")
        best: dict[str, float] = {}
        for _run in range(RUNS):
            for n in SIZES:
                for name, path, base in ((f"append to {n} months", month[n], room / f"base{n}"), (f"month {n + 1} alone", month[n], None)):
                    workspace = room / "w"
                    if base is not None:
                        shutil.copytree(base, workspace)
                    best[name] = min(best.get(name, float("inf")), load(path, workspace))
                    shutil.rmtree(workspace)
            best["all 25 months anew"] = min(best.get("all 25 months anew", float("inf")), load(whole, room / "w"))
            shutil.rmtree(room / "w")
        small, large = (best[f"append to {n} months"] for n in SIZES)
        for name, seconds in best.items():
            print(f"{name}: {seconds:.1f} s, ratio to the month alone {seconds / best['month 25 alone']:.2f}")
        print(f"append to 24 months / append to 12 months: {large / small:.2f} (aim: near 1; 2 would be in proportion to the dataset)")
        print(f"append to 24 months / all anew: {large / best['all 25 months anew']:.2f}")


if __name__ == "__main__":
    main(*(int(a) for a in sys.argv[1:]))
