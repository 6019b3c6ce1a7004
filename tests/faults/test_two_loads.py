"""Two loads at once: both land, or one is told to wait."""

import shutil

import polars as pl


def test_two_loads_at_once_both_land_or_one_is_told_to_wait(torture, stage):
    copy = stage.copy("two")
    later = stage.root / "frames" / "later"
    later.mkdir()
    sixth = pl.read_parquet(stage.frames("append") / "customer_month.parquet")
    sixth.with_columns(pl.col("month").dt.offset_by("1mo")).write_parquet(later / "customer_month.parquet")
    both = [torture.loader(copy, f, "append", wait=True) for f in (stage.frames("append"), later)]
    for process in both:
        process.stdin.write("\n")
        process.stdin.flush()
    found = [torture.result(process) for process in both]
    assert any(f["published"] for f in found)
    for f, folder in zip(found, (stage.frames("append"), later), strict=True):
        if not f["published"]:
            assert "Somebody else is loading" in f["said"] and "try again" in f["said"]
            assert torture.result(torture.loader(copy, folder, "append"))["published"]
    end = torture.result(torture.loader(copy, later, "look"))
    assert end["versions"] == 4 and len(end["served"]["months"]) == 7 and end["served"]["months"] == end["served"]["derived_months"]
    shutil.rmtree(copy)
