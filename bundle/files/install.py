"""Install Churn Dash from this folder alone, without a network, into the folder venv beside this file.

Run by install.sh and install.bat with the machine's own Python 3.11. Only the standard library is used.
"""

import hashlib
import os
import pathlib
import platform
import shutil
import subprocess
import sys
import venv

HERE = pathlib.Path(__file__).resolve().parent
VENV = HERE / "venv"
MANIFEST = HERE / "manifest.sha256"
DONE = VENV / "installed.sha256"


def stop(english, chinese):
    """End with one sentence in both languages."""
    sys.exit("\n".join((english, chinese)))


def suitable():
    """End in words where this machine or its Python is none that the wheels were made for."""
    version = ".".join(map(str, sys.version_info[:2]))
    if version != "3.11" or sys.implementation.name != "cpython" or sys.maxsize < 2**32:
        stop(
            f"Python 3.11 (CPython, 64 bit) is needed, and this is {sys.implementation.name} {version}. "
            "Install it, or name it: PYTHON=/path ./install.sh",
            f"需要 64 位 CPython 3.11，当前是 {sys.implementation.name} {version}。请安装，或指明位置：PYTHON=/路径 ./install.sh",
        )
    if platform.machine().lower() not in ("x86_64", "amd64"):
        stop(f"This bundle is for x86-64; this machine is {platform.machine()}.", f"本安装包适用于 x86-64，本机是 {platform.machine()}。")
    libc, number = platform.libc_ver()
    if sys.platform == "linux" and (libc != "glibc" or tuple(map(int, number.split("."))) < (2, 28)):
        stop(
            f"glibc 2.28 or newer is needed (Debian 10, Red Hat 8); this is {libc or 'another C library'} {number}.",
            f"需要 glibc 2.28 或更新（Debian 10、Red Hat 8），当前是 {libc or '其他 C 库'} {number}。",
        )


def requirements():
    """The list of wheels for this system."""
    name = "windows" if os.name == "nt" else "linux"
    path = HERE / f"requirements-{name}.txt"
    if not path.exists():
        stop(f"This bundle was made without the wheels for {name}.", f"本安装包不含 {name} 的安装文件。")
    return path


def whole():
    """End in words where a file of the bundle is missing, damaged, or not of the bundle."""
    listed = {}
    for line in MANIFEST.read_text(encoding="utf-8").splitlines():
        digest, _spaces, name = line.partition("  ")
        listed[name] = digest
    there = {f"wheels/{p.name}" for p in (HERE / "wheels").iterdir()}
    wrong = sorted(there - set(listed))
    for name, digest in listed.items():
        path = HERE / name
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            wrong.append(name)
    if wrong:
        stop(
            f"These files are missing, damaged or foreign: {', '.join(wrong)}. Copy the bundle again; nothing was installed.",
            f"下列文件缺失、损坏或不属于本安装包：{', '.join(wrong)}。请重新复制安装包；没有安装任何内容。",
        )
    print(f"{len(listed)} files checked / 已校验 {len(listed)} 个文件")


def install():
    """Make the environment and put the wheels in; an installation that broke off is begun again."""
    # The folder too: the commands in venv name it, so one that was moved is installed anew.
    bundle = f"{hashlib.sha256(MANIFEST.read_bytes()).hexdigest()} {HERE}"
    if DONE.exists() and DONE.read_text(encoding="utf-8") == bundle:
        print("Already installed / 已经安装")
        return
    if VENV.exists():
        shutil.rmtree(VENV)
    venv.create(VENV, with_pip=False, symlinks=os.name != "nt")
    python = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    (pip,) = (HERE / "wheels").glob("pip-*.whl")
    run = [str(python), str(pip / "pip"), "--isolated", "--disable-pip-version-check"]
    alone = ["--no-index", "--find-links", str(HERE / "wheels"), "--no-cache-dir", "--no-deps", "--quiet"]
    done = subprocess.run([*run, "install", *alone, "--require-hashes", "--requirement", str(requirements())])
    if done.returncode or subprocess.run([*run, "check"], stdout=subprocess.DEVNULL).returncode:
        stop("The installation failed; the reason stands above.", "安装失败，原因见上。")
    DONE.write_text(bundle, encoding="utf-8")


def main():
    """Check the machine, check the files, install."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")
    suitable()
    needs = requirements()
    print(f"Churn Dash: {needs.name}")
    whole()
    try:
        install()
    except OSError as problem:
        stop(
            f"{VENV} cannot be written: {problem}. Copy the bundle to a folder of your own.",
            f"无法写入 {VENV}。请把安装包复制到有写权限的文件夹。",
        )
    start = "start.bat" if os.name == "nt" else "./start.sh"
    print(f"Installed. Start it with {start} / 安装完成，用 {start} 启动")


if __name__ == "__main__":
    main()
