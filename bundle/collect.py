"""Collect the wheels of the product and of all that it needs, with the scripts that install and start it, into one folder.

``python -m bundle.collect`` on a machine with a network; what it writes needs none.
"""

import argparse
import functools
import hashlib
import pathlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence

from packaging.utils import canonicalize_name, parse_wheel_filename

from bundle.targets import PYTHON, TARGETS, Target, closure, pins

ROOT = pathlib.Path(__file__).resolve().parents[1]
FILES = pathlib.Path(__file__).resolve().parent / "files"
MANIFEST = "manifest.sha256"
_NOT_SOURCE = (".*", "workspace*", "dist", "build", "*.egg-info", "__pycache__", "tests", "benchmarks", "docs", "sample_data")
_WINDOWS_TEXT = (".bat", ".txt")


def collect(out: pathlib.Path, targets: Iterable[Target]) -> None:
    """Write the bundle to ``out``, which is emptied first. Raises ``SystemExit`` with a sentence where a wheel is not to be had."""
    if out.exists() and any(out.iterdir()) and not (out / MANIFEST).exists():
        raise SystemExit(f"{out} holds something else than a bundle; name an empty folder.")
    if out.exists():
        shutil.rmtree(out)
    wheels = out / "wheels"
    wheels.mkdir(parents=True)
    pinned = pins((ROOT / "constraints.txt").read_text(encoding="utf-8"))
    product = _product(wheels)
    for target in targets:
        fetched = functools.partial(_fetched, wheels=wheels, target=target)
        found = closure(product, target, pinned, fetched)
        _written(out / f"requirements-{target.name}.txt", "".join(_line(w) for w in sorted(found.values())))
        size = sum(w.stat().st_size for w in found.values()) / 1e6
        print(f"{target.name}: {len(found)} wheels, {size:.0f} MB")
    # pip itself: the machine's Python may come without it, as Debian's does.
    _fetched([f"pip=={_pip_version()}"], wheels, next(iter(TARGETS.values())))
    for file in sorted(FILES.iterdir()):
        if file.is_file():
            _written(out / file.name, file.read_text(encoding="utf-8"))
    listed = [p for p in sorted(out.rglob("*")) if p.is_file()]
    _written(out / MANIFEST, "".join(f"{_digest(p)}  {p.relative_to(out).as_posix()}\n" for p in listed))


def _product(wheels: pathlib.Path) -> pathlib.Path:
    """The product's own wheel, from a copy of the sources: what an earlier build left behind does not get in."""
    with tempfile.TemporaryDirectory() as room:
        copy = pathlib.Path(room) / "source"
        shutil.copytree(ROOT, copy, ignore=lambda folder, names: _left_out(pathlib.Path(folder), names))
        _pip("wheel", "--no-deps", "--wheel-dir", str(wheels), str(copy))
    (wheel,) = wheels.glob("churn_dash-*.whl")
    return wheel


def _left_out(folder: pathlib.Path, names: Sequence[str]) -> set[str]:
    left = shutil.ignore_patterns(*_NOT_SOURCE)(str(folder), list(names)) if folder == ROOT else {"__pycache__"} & set(names)
    return left - {".streamlit"}


def _fetched(exact: Sequence[str], wheels: pathlib.Path, target: Target) -> Mapping[str, pathlib.Path]:
    """Download ``name==version`` for the target; returns name → wheel."""
    tags = [part for tag in target.tags for part in ("--platform", tag)]
    with tempfile.TemporaryDirectory(dir=wheels) as room:
        for_target = ["--only-binary=:all:", "--implementation", "cp", "--python-version", PYTHON, *tags]
        _pip("download", "--no-deps", *for_target, "--dest", room, *exact)
        got = [w.replace(wheels / w.name) for w in pathlib.Path(room).glob("*.whl")]
    return {canonicalize_name(parse_wheel_filename(w.name)[0]): w for w in got}


def _pip(*arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments], capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit(f"pip {arguments[0]} failed:\n{done.stderr.strip()}")


def _pip_version() -> str:
    import pip

    return pip.__version__


def _line(wheel: pathlib.Path) -> str:
    """A line of a requirements file that only this very wheel satisfies."""
    name, version, _build, _tags = parse_wheel_filename(wheel.name)
    return f"{name}=={version} --hash=sha256:{_digest(wheel)}\n"


def _digest(path: pathlib.Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _written(path: pathlib.Path, text: str) -> None:
    """Write a text as the system that reads it wants it: Windows its line ends and a mark of UTF-8, a shell script leave to run."""
    for_windows = path.suffix in _WINDOWS_TEXT and not path.name.startswith("requirements")
    encoding = "utf-8-sig" if path.name.startswith("README") else "utf-8"
    path.write_text(text, encoding=encoding, newline="\r\n" if for_windows else "\n")
    if path.suffix == ".sh":
        path.chmod(0o755)


def main() -> None:
    """``python -m bundle.collect [--out FOLDER] [--only linux|windows]``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "dist" / "bundle", help="folder to write, emptied first")
    parser.add_argument("--only", choices=sorted(TARGETS), help="one system alone, at half the size")
    asked = parser.parse_args()
    collect(asked.out.resolve(), [TARGETS[asked.only]] if asked.only else list(TARGETS.values()))
    print(asked.out)


if __name__ == "__main__":
    main()
