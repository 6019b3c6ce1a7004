"""Which wheels a system needs is asked of that system, not of the machine that collects them."""

import zipfile

import pytest

from bundle.targets import TARGETS, closure, needed


@pytest.fixture
def shelf(tmp_path):
    """Wheels that hold nothing but what they ask for."""

    def put(name, *asks, version="1.0"):
        path = tmp_path / f"{name}-{version}-py3-none-any.whl"
        with zipfile.ZipFile(path, "w") as archive:
            lines = "".join(f"Requires-Dist: {a}\n" for a in asks)
            archive.writestr(f"{name}-{version}.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{lines}\n")
        return path

    return put


def closed(product, target, shelf_of, pinned=None):
    asked = []

    def fetched(exact):
        asked.append(list(exact))
        return {e.partition("==")[0]: shelf_of[e.partition("==")[0]] for e in exact}

    found = closure(product, TARGETS[target], pinned or dict.fromkeys(shelf_of, "1.0"), fetched)
    return set(found), asked


def test_what_only_windows_needs_is_in_the_windows_set_alone(shelf):
    product = shelf("product", "click")
    others = {"click": shelf("click", 'colorama; sys_platform == "win32"', 'loop; os_name == "posix"')}
    others |= {"colorama": shelf("colorama"), "loop": shelf("loop")}
    assert closed(product, "windows", others)[0] == {"product", "click", "colorama"}
    assert closed(product, "linux", others)[0] == {"product", "click", "loop"}


def test_an_extra_is_followed_also_where_it_is_asked_for_late(shelf):
    product = shelf("product", "a", "b")
    others = {"a": shelf("a", 'fast; extra == "speed"', 'docs; extra == "docs"'), "b": shelf("b", "a[speed]")}
    others |= {"fast": shelf("fast", "b"), "docs": shelf("docs")}
    found, asked = closed(product, "linux", others)
    assert found == {"product", "a", "b", "fast"}
    assert asked == [["a==1.0", "b==1.0"], ["fast==1.0"]], "nothing is fetched twice"


def test_a_package_without_a_pinned_version_is_named(shelf):
    with pytest.raises(SystemExit, match=r"product needs other>=2 on windows, and constraints\.txt has no version"):
        closed(shelf("product", "other>=2"), "windows", {})


def test_a_pin_that_does_not_fit_is_named(shelf):
    with pytest.raises(SystemExit, match=r"constraints\.txt says 1\.0"):
        closed(shelf("product", "other>=2"), "linux", {"other": shelf("other")})


def test_markers_are_judged_for_the_target(shelf):
    wheel = shelf("product", 'x; python_version >= "3.12"', 'y; platform_machine == "AMD64"', "z")
    assert [r.name for r in needed(wheel, (), TARGETS["windows"])] == ["y", "z"]
    assert [r.name for r in needed(wheel, (), TARGETS["linux"])] == ["z"]
