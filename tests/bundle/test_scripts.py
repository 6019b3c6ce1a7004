"""The scripts of the bundle: what they check, and that they name nothing outside it."""

import hashlib
import importlib.util
import os
import pathlib
import shutil
import subprocess

import pytest

from bundle import collect

FILES = collect.FILES


@pytest.fixture
def folder(tmp_path):
    """A bundle with two wheels that nobody could install."""
    place = tmp_path / "离线 包"
    (place / "wheels").mkdir(parents=True)
    for name in ("a-1-py3-none-any.whl", "b-1-py3-none-any.whl"):
        (place / "wheels" / name).write_bytes(name.encode())
    for file in FILES.iterdir():
        if file.is_file():
            shutil.copy(file, place)
    listed = [p for p in place.rglob("*") if p.is_file()]
    text = "".join(f"{hashlib.sha256(p.read_bytes()).hexdigest()}  {p.relative_to(place).as_posix()}\n" for p in listed)
    (place / "manifest.sha256").write_text(text)
    return place


def installer(folder):
    spec = importlib.util.spec_from_file_location("bundle_install", folder / "install.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_an_untouched_bundle_is_whole(folder, capsys):
    installer(folder).whole()
    assert "files checked" in capsys.readouterr().out


@pytest.mark.parametrize("fault", ["changed", "missing", "foreign", "script"])
def test_a_bundle_that_is_not_as_it_was_made_is_refused_by_name(folder, fault):
    wheel = folder / "wheels" / "a-1-py3-none-any.whl"
    if fault == "changed":
        wheel.write_bytes(b"other")
    elif fault == "missing":
        wheel.unlink()
    elif fault == "foreign":
        wheel = folder / "wheels" / "evil-1-py3-none-any.whl"
        wheel.write_bytes(b"evil")
    else:
        wheel = folder / "start.py"
        wheel.write_bytes(b"evil")
    with pytest.raises(SystemExit) as ended:
        installer(folder).whole()
    assert wheel.name in str(ended.value.code) and "没有安装任何内容" in str(ended.value.code)
    assert not (folder / "venv").exists()


def test_a_bundle_for_the_other_system_says_so(folder):
    with pytest.raises(SystemExit, match="without the wheels for"):
        installer(folder).requirements()


def test_another_python_is_told_which_one_is_needed(folder, monkeypatch):
    module = installer(folder)
    monkeypatch.setattr(module.sys, "version_info", (3, 9, 0))
    with pytest.raises(SystemExit, match=r"Python 3\.11.*this is cpython 3\.9"):
        module.suitable()


def test_start_before_install_says_what_to_do(folder):
    (folder / "start.sh").chmod(0o755)
    done = subprocess.run([folder / "start.sh"], capture_output=True, text=True)
    assert done.returncode == 1 and "install.sh" in done.stderr


def test_no_file_of_the_bundle_names_an_address_to_fetch_from():
    for file in collect.FILES.parent.rglob("*"):
        if file.suffix in (".py", ".sh", ".bat", ".txt"):
            words = file.read_text(encoding="utf-8").lower()
            assert "pypi" not in words and "https://" not in words and "index-url" not in words, file


def test_windows_scripts_get_windows_line_ends_and_shell_scripts_may_run(tmp_path):
    collect._written(tmp_path / "install.bat", "a\nb\n")
    collect._written(tmp_path / "install.sh", "a\nb\n")
    collect._written(tmp_path / "README.txt", "说明\n")
    assert (tmp_path / "install.bat").read_bytes() == b"a\r\nb\r\n"
    assert (tmp_path / "install.sh").read_bytes() == b"a\nb\n" and os.access(tmp_path / "install.sh", os.X_OK)
    assert (tmp_path / "README.txt").read_bytes() == "\ufeff说明\r\n".encode()


def test_a_folder_with_other_things_in_it_is_not_emptied(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(SystemExit, match="something else"):
        collect.collect(tmp_path, [])
    assert (tmp_path / "mine.txt").exists()


def test_batch_files_are_plain_ascii():
    for file in pathlib.Path(FILES).glob("*.bat"):
        file.read_text(encoding="ascii")
