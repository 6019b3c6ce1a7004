"""Serve the dashboard on this machine alone and open it in the browser. Run by start.sh and start.bat with the installed Python."""

import argparse
import os
import pathlib
import sys
import threading
import time
import urllib.error
import urllib.request
import webbrowser

from churn_dash import demo
from churn_dash.errors import ChurnDashError
from churn_dash.ui import server
from churn_dash.words import say

HERE = pathlib.Path(__file__).resolve().parent


def asked():
    """What was asked for on the command line, else in the environment."""
    parser = argparse.ArgumentParser(prog="start", description="Churn Dash on this machine alone.")
    given = os.environ.get("CHURN_DASH_WORKSPACE")
    parser.add_argument(
        "workspace", nargs="?", type=pathlib.Path, help="folder of the data; else CHURN_DASH_WORKSPACE, else workspace beside this file"
    )
    parser.add_argument("--port", type=int, default=int(os.environ.get("CHURN_DASH_PORT", server.PORT)))
    parser.add_argument("--demo", action="store_true", help="show a sample bank, made at the first start")
    parser.add_argument("--no-browser", action="store_true", help="print the address alone")
    found = parser.parse_args()
    found.workspace = found.workspace or (pathlib.Path(given) if given else HERE / ("workspace-demo" if found.demo else "workspace"))
    return found


def opened(port):
    """Open the browser once the server answers."""
    address = f"http://{server.ADDRESS}:{port}"
    straight = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for _attempt in range(120):
        try:
            straight.open(f"{address}/_stcore/health", timeout=2).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
            continue
        webbrowser.open(address)
        return


def main():
    """Build the sample bank where asked for, then serve until stopped with Ctrl-C."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace", line_buffering=True)
    wanted = asked()
    try:
        if wanted.demo:
            print("Making the sample bank, once: about a minute / 正在生成示例银行，仅第一次，约一分钟")
            demo.build(wanted.workspace)
        has_screen = os.name == "nt" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
        if has_screen and not wanted.no_browser:
            threading.Thread(target=opened, args=(wanted.port,), daemon=True).start()
        server.serve(wanted.workspace, wanted.port)
    except ChurnDashError as problem:
        sys.exit(f"{problem}\n{say(problem, 'zh')}")


if __name__ == "__main__":
    main()
