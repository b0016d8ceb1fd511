@echo off
rem Serves In Itinere in WSL 2 and opens the browser. The window stays open while it serves: Ctrl+C ends it.
chcp 65001 >nul
wsl --exec true >nul 2>&1
if errorlevel 1 (
    echo Manca WSL 2, il sottosistema Linux di Windows.
    echo Chi amministra il computer lo installa una volta sola, da PowerShell: wsl --install
    pause
    exit /b 1
)
cd /d "%~dp0"
wsl --exec sh ./avvia.sh
pause
