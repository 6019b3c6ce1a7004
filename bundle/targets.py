"""The systems that a bundle is made for, and which wheels each of them needs."""

import email
import pathlib
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

PYTHON = "3.11"
_COMMON = {
    "python_version": PYTHON,
    "python_full_version": f"{PYTHON}.9",
    "implementation_name": "cpython",
    "implementation_version": f"{PYTHON}.9",
    "platform_python_implementation": "CPython",
    "platform_release": "",
    "platform_version": "",
}


@dataclass(frozen=True)
class Target:
    """One system: the tags of its wheels, newest first, and what environment markers are true on it."""

    name: str
    tags: tuple[str, ...]
    markers: Mapping[str, str]


_LINUX_MARKERS = {"os_name": "posix", "sys_platform": "linux", "platform_system": "Linux", "platform_machine": "x86_64"}
_WINDOWS_MARKERS = {"os_name": "nt", "sys_platform": "win32", "platform_system": "Windows", "platform_machine": "AMD64"}
# glibc 2.28 is what Debian 10, Red Hat 8 and their Chinese relatives have; a wheel that wants a newer one is refused here.
_LINUX_TAGS = tuple(f"manylinux_2_{n}_x86_64" for n in range(28, 4, -1))
_OLD_LINUX_TAGS = ("manylinux2014_x86_64", "manylinux2010_x86_64", "manylinux1_x86_64")

TARGETS = {
    "linux": Target("linux", (*_LINUX_TAGS, *_OLD_LINUX_TAGS), _COMMON | _LINUX_MARKERS),
    "windows": Target("windows", ("win_amd64",), _COMMON | _WINDOWS_MARKERS),
}


def pins(constraints: str) -> dict[str, str]:
    """Name → version of every line of a constraints file.

    >>> pins("Jinja2==3.1.6\\n# why\\n")
    {'jinja2': '3.1.6'}
    """
    lines = (line.partition("#")[0].strip() for line in constraints.splitlines())
    return {canonicalize_name(name): version for name, _equals, version in (line.partition("==") for line in lines if line)}


def needed(wheel: pathlib.Path, extras: Iterable[str], target: Target) -> list[Requirement]:
    """What a wheel asks for on the target with these of its extras; pip would ask the machine that it runs on instead."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (n for n in archive.namelist() if n.endswith(".dist-info/METADATA") and n.count("/") == 1)
        lines = email.message_from_bytes(archive.read(name)).get_all("Requires-Dist") or []
    asked = [Requirement(line) for line in lines]
    return [r for r in asked if r.marker is None or any(r.marker.evaluate({**target.markers, "extra": e}) for e in ("", *extras))]


def closure(
    product: pathlib.Path,
    target: Target,
    pinned: Mapping[str, str],
    fetched: Callable[[Sequence[str]], Mapping[str, pathlib.Path]],
) -> dict[str, pathlib.Path]:
    """Name → wheel of the product and all that it needs on the target, as pinned.

    ``fetched`` gets ``name==version`` and hands back name → wheel. Raises ``SystemExit`` with a sentence for a package
    that is not pinned, or whose pin does not fit what another package wants of it.
    """
    found = {canonicalize_name(parse_wheel_filename(product.name)[0]): product}
    todo: dict[str, set[str]] = {name: set() for name in found}
    looked: dict[str, set[str]] = {}
    while todo:
        wanted: dict[str, set[str]] = {}
        for name, extras in todo.items():
            looked.setdefault(name, set()).update(extras)
            for r in needed(found[name], looked[name], target):
                other = canonicalize_name(r.name)
                if other not in pinned and other not in found:
                    raise SystemExit(f"{name} needs {r} on {target.name}, and constraints.txt has no version of it: add one.")
                if other in pinned and not r.specifier.contains(pinned[other], prereleases=True):
                    raise SystemExit(f"{name} needs {r}, but constraints.txt says {pinned[other]}: change one of them.")
                wanted.setdefault(other, set()).update(r.extras)
        new = [name for name in wanted if name not in found]
        if new:
            found |= fetched([f"{name}=={pinned[name]}" for name in sorted(new)])
        todo = {name: extras for name, extras in wanted.items() if name not in looked or extras - looked[name]}
    return found
