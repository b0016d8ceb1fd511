#!/bin/sh
# Installs In Itinere for this user, without the network, from the wheels beside this file. A second run installs anew;
# the archive of the plans is elsewhere and is not touched. IN_ITINERE_PROGRAM=/path names another folder.
set -eu
cd "$(dirname "$0")"
program="${IN_ITINERE_PROGRAM:-$HOME/.local/lib/in-itinere}"

if ! command -v python3 >/dev/null; then
    echo "Manca Python: su Ubuntu e Debian, sudo apt install python3" >&2
    exit 1
fi
# The wheels that are compiled are for these versions of Python and this kind of machine, which the archive names.
python3 - <<'CHECK'
import pathlib, platform, sys
versions, machine = pathlib.Path("per.txt").read_text(encoding="utf-8").split("\n")[:2]
here = f"{sys.version_info[0]}.{sys.version_info[1]}"
if here not in versions.split():
    sys.exit(f"Qui c'è Python {here}; questo archivio è per {', '.join(versions.split())}.")
if platform.machine() != machine or sys.platform != "linux":
    sys.exit(f"Questo archivio è per Linux {machine}; qui c'è {sys.platform} {platform.machine()}.")
CHECK

echo "Installo in $program"
# Compiled here (--compile): who runs it may not be who may write here, and would compile it at every start.
# Without python3-venv there is no ensurepip: the environment is made without pip, and pip runs from its own wheel.
python3 -m venv --clear --without-pip "$program"
python3 "$(ls "$PWD"/wheels/pip-*.whl)/pip" --python "$program/bin/python" install --isolated --quiet \
    --disable-pip-version-check --no-cache-dir --compile --no-index --find-links "$PWD/wheels" --require-hashes --requirement requisiti.txt
"$program/bin/initinere" --version
if [ -z "${IN_ITINERE_PROGRAM:-}" ]; then
    mkdir -p "$HOME/.local/bin"
    ln -sf "$program/bin/initinere" "$HOME/.local/bin/initinere"
    echo "Il comando è initinere (in un terminale aperto da ora), o $HOME/.local/bin/initinere"
fi
