#!/usr/bin/env bash
# Make .venv with everything that the workflow needs; with the argument "dev", what the tests need too.
# Does nothing where all is there already.
set -euo pipefail
cd "$(dirname "$0")/.."

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
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "$@" >/dev/null
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

[ -x .venv/bin/python ] || "$python" -m venv .venv
# Pins are closed under dependencies, so pip has nothing to resolve.
install() {
    local stamp=.venv/$1.installed
    if ! cmp -s "envs/$1.txt" "$stamp"; then
        echo "setup: installing envs/$1.txt into .venv (a minute or two)"
        .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps \
            -r "envs/$1.txt"
        cp "envs/$1.txt" "$stamp"
    fi
}
install main
[ "${1:-}" != dev ] || install dev

if ! cmp -s pyproject.toml .venv/pyproject.installed; then
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps \
        --no-build-isolation -e .
    cp pyproject.toml .venv/pyproject.installed
fi
