#!/bin/sh
# Serves In Itinere on this machine and opens the browser when it answers; installs it first, where it is not there.
set -eu
here="$(cd "$(dirname "$0")" && pwd)"
program="${IN_ITINERE_PROGRAM:-$HOME/.local/lib/in-itinere}"
port="${INITINERE_PORT:-8000}"

[ -x "$program/bin/initinere" ] || sh "$here/installa.sh"

browser() {
    # The browser is Windows' own, where there is one; where there is none at all, the address stands in the window.
    for open in explorer.exe xdg-open; do
        if command -v "$open" >/dev/null; then
            "$open" "http://localhost:$port" >/dev/null 2>&1 || true
            return
        fi
    done
}

wait_and_open() {
    for _ in $(seq 60); do
        if "$program/bin/python" -c "import urllib.request as u; u.urlopen('http://127.0.0.1:$port/v1/status', timeout=2)" 2>/dev/null
        then
            browser
            return
        fi
        sleep 1
    done
}

wait_and_open &
INITINERE_LOG=text INITINERE_LOG_REQUESTS=false exec "$program/bin/initinere" serve "$@"
