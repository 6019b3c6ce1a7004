#!/bin/sh
# Starts Churn Dash on this machine alone: ./start.sh [WORKSPACE] [--port N] [--demo] [--no-browser]
here=$(cd "$(dirname "$0")" && pwd) || exit 1
if [ ! -x "$here/venv/bin/python" ]; then
  echo "Run ./install.sh first / 请先运行 ./install.sh" >&2
  exit 1
fi
exec "$here/venv/bin/python" -I "$here/start.py" "$@"
