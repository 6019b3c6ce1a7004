"""The dashboard as a server: ``churn-dash serve`` and ``make run`` come here."""

import logging
import os
import pathlib
import socket
import sys
from collections.abc import Callable

import streamlit as st
import uvicorn
from starlette.middleware import Middleware
from streamlit import config
from streamlit.runtime.pages_manager import PagesManager

from churn_dash.errors import NotPossible, WorkspaceProblem
from churn_dash.ui.gate import LOCAL, Gate
from churn_dash.ui.home import Home
from churn_dash.ui.places import WORKSPACE_VARIABLE
from churn_dash.words import _, say

ADDRESS = "127.0.0.1"
PORT = 8501
_LARGEST_MESSAGE = 256 * 1024 * 1024
log = logging.getLogger(__name__)


def app_file() -> pathlib.Path:
    """``app.py``: beside the package in a checkout, under ``share/churn-dash`` where a wheel was installed.

    Raises ``WorkspaceProblem`` when the installation lacks it.
    """
    package = pathlib.Path(__file__).resolve().parents[1]
    for folder in (package.parent, pathlib.Path(sys.prefix) / "share" / "churn-dash"):
        if (folder / "app.py").is_file() and (folder / "pages").is_dir():
            return folder / "app.py"
    raise WorkspaceProblem(_("This installation of Churn Dash has no pages; install it again."))


def noted(problem: Exception) -> bool:
    """Keep a bug's traceback in the log and off the page. Returns True: the page is handled here."""
    from churn_dash.ui import session

    log.error("a page failed", exc_info=problem)
    st.error(say(_("Something went wrong in Churn Dash itself. The details are in its log; your data are unchanged."), session.language()))
    return True


def application(hosts: frozenset[str] = LOCAL) -> st.App:
    """The ASGI application: Streamlit behind the gate."""
    # The folder of pages is ours, not Streamlit's: else the first visitor after a start sees file names in the sidebar.
    PagesManager.uses_pages_directory = False
    app = st.App(app_file(), middleware=[Middleware(Gate, hosts=hosts), Middleware(Home)], on_script_error=noted)
    # Only now does Streamlit know where its settings are; asked earlier, it would go without them.
    config.set_option("server.fileWatcherType", "none")
    config.set_option("logger.level", "warning")
    return app


def serve(
    workspace: str | os.PathLike[str] | None = None,
    port: int = PORT,
    address: str = ADDRESS,
    announce: Callable[[str], None] = print,
) -> None:
    """Serve the dashboard until it is stopped; ``announce`` is told the address once.

    Raises ``NotPossible`` when the port is taken.
    """
    if workspace is not None:
        os.environ[WORKSPACE_VARIABLE] = str(pathlib.Path(workspace).resolve())
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as problem:
            raise NotPossible(_("Port {port} is taken by another program; choose another with --port."), port=port) from problem
    announce(f"Churn Dash: http://{'localhost' if address == ADDRESS else address}:{port}")
    for quiet in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(quiet).setLevel(logging.WARNING)
    hosts = LOCAL if address in LOCAL else LOCAL | {address}
    uvicorn.run(
        application(hosts),
        host=address,
        port=port,
        access_log=False,
        log_config=None,
        ws="websockets-sansio",
        ws_max_size=_LARGEST_MESSAGE,
        ws_ping_interval=20,
        ws_ping_timeout=20,
        use_colors=False,
    )
