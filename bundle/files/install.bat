@echo off
rem Installs Churn Dash from this folder alone, without a network. Needs Python 3.11, 64 bit.
setlocal
set "PY="
py -3.11 -c "" >nul 2>nul && set "PY=py -3.11"
if not defined PY python -c "import sys; sys.exit(sys.version_info[:2] != (3, 11))" >nul 2>nul && set "PY=python"
if not defined PY (
  echo Python 3.11 64 bit is needed and was not found. Install it, then run this again.
  pause
  exit /b 1
)
%PY% -I "%~dp0install.py" %*
set "CODE=%ERRORLEVEL%"
pause
exit /b %CODE%
