#!/usr/bin/env bash
# Make .venv with everything that the workflow needs; with the argument "dev", what the tests need too.
# Does nothing where all is there already. What pip says goes to logs/setup.log.
set -euo pipefail
cd "$(dirname "$0")/.."
here=$(pwd -P)
log=logs/setup.log
every_s=30

fail() { echo "setup: $*" >&2; exit 1; }

# Install Debian packages where this user may; otherwise name the one command that does.
install_packages() {
    local as_root=()
    if [ "$(id -u)" != 0 ]; then
        sudo -n true 2>/dev/null || fail "please run: sudo apt-get install -y $*"
        as_root=(sudo -n)
    fi
    command -v apt-get >/dev/null || fail "please install with your system's package manager: $*"
    echo "setup: installing $*"
    quietly "installing $*" "${as_root[@]}" apt-get update -qq
    quietly "installing $*" "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "$@"
}

# Say every half minute that something still runs, as long as this script does.
still() {
    while sleep "$every_s" >/dev/null 2>&1 && kill -0 $$ 2>/dev/null; do
        echo "setup: still $1 ($SECONDS s)"
    done
}

# Run a command with its output in the log; if it fails, show the output's end and what to look for.
quietly() {
    local what=$1 before watcher failed=0
    shift
    mkdir -p logs
    before=$({ wc -l <"$log"; } 2>/dev/null || echo 0)
    still "$what" &
    watcher=$!
    "$@" >>"$log" 2>&1 || failed=1
    kill "$watcher"
    wait "$watcher" 2>/dev/null || true
    if [ $failed = 1 ]; then
        tail -n "+$((before + 1))" "$log" | grep -vE '^WARNING|^\[notice\]|^ *$' | tail -n 8 >&2 || true
        fail "$what failed, as above; the whole of it is in $log. Is there a network, and room on the disk" \
            "($(df -h --output=avail . | tail -n 1 | tr -d ' ') free)? Then run the command again."
    fi
}

# Say why an environment that is there cannot be used; nothing if it can.
why_remake() {
    local python=.venv/bin/python
    [ -e .venv ] || [ -L .venv ] || return 0
    if ! "$python" -c '' 2>/dev/null; then
        echo "its Python is gone"
    elif ! "$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))'; then
        echo "its Python is $("$python" --version)"
    elif [ ! -f .venv/made_for ]; then
        echo "its making was interrupted, or an older version made it"
    elif [ "$(cat .venv/made_for)" != "$here/.venv" ]; then
        echo "it was made for another folder: $here was copied or moved"
    fi
}

python=$(command -v python3.11 || command -v python3) || fail "Python 3.11 is needed"
"$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' \
    || fail "Python 3.11 is needed, $python is $("$python" --version)"

missing=()
"$python" -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3.11-venv)
libraries=$(/sbin/ldconfig -p 2>/dev/null || true)
declare -A package_of=([libgthread-2.0.so.0]=libglib2.0-0 [libGL.so.1]=libgl1 [libEGL.so.1]=libegl1 [libGLESv2.so.2]=libgles2)
for library in "${!package_of[@]}"; do
    grep -qF "$library" <<<"$libraries" || missing+=("${package_of[$library]}")
done
[ ${#missing[@]} = 0 ] || install_packages "${missing[@]}"

reason=$(why_remake)
if [ -n "$reason" ]; then
    echo "setup: making .venv again: $reason"
    rm -rf .venv
fi
# The folder is noted last, so that one whose making was interrupted is made again.
if [ ! -d .venv ]; then
    quietly "making .venv" "$python" -m venv .venv
    echo "$here/.venv" >.venv/made_for
fi

# Pins are closed under dependencies, so pip has nothing to resolve.
pip_install() { .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps "$@"; }
install() {
    local stamp=.venv/$1.installed begun=.venv/$1.begun again=()
    if ! cmp -s "envs/$1.txt" "$stamp"; then
        echo "setup: installing envs/$1.txt into .venv (a minute or two)"
        # pip takes a package of which an interruption left a part for whole, unless told otherwise.
        if [ -e "$begun" ]; then
            echo "setup: all of it, because the last time did not come to its end"
            again=(--force-reinstall)
        fi
        touch "$begun"
        rm -f "$stamp"
        quietly "installing envs/$1.txt" pip_install "${again[@]}" -r "envs/$1.txt"
        cp "envs/$1.txt" "$stamp"
        rm "$begun"
    fi
}
install main
[ "${1:-}" != dev ] || install dev

if ! cmp -s pyproject.toml .venv/pyproject.installed; then
    quietly "installing kinepath" pip_install --no-build-isolation -e .
    cp pyproject.toml .venv/pyproject.installed
fi
