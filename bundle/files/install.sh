#!/bin/sh
# Installs Churn Dash from this folder alone, without a network. PYTHON=/path/to/python3.11 ./install.sh where it is not found.
here=$(cd "$(dirname "$0")" && pwd) || exit 1
for python in "${PYTHON:-}" python3.11 python3; do
  if [ -n "$python" ] && command -v "$python" >/dev/null 2>&1; then
    exec "$python" -I "$here/install.py" "$@"
  fi
done
echo "Python 3.11 is needed and was not found; name it: PYTHON=/path/to/python3.11 ./install.sh" >&2
echo "需要 Python 3.11，但没有找到；请指明位置：PYTHON=/路径/python3.11 ./install.sh" >&2
exit 1
