@echo off
rem Starts Churn Dash on this machine alone: start.bat [WORKSPACE] [--port N] [--demo] [--no-browser]
setlocal
if not exist "%~dp0venv\Scripts\python.exe" (
  echo Run install.bat first.
  pause
  exit /b 1
)
"%~dp0venv\Scripts\python.exe" -I "%~dp0start.py" %*
if errorlevel 1 pause
