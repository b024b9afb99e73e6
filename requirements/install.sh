#!/bin/sh
# Makes the virtual environment hold what requirements/run.txt (or another) pins, and this
# checkout itself: `sh requirements/install.sh run|server|dev`. Quick when nothing has changed.
#   VENV    the environment's folder, .venv unless told
#   PYTHON  the Python to make it with; else the first 3.11 or newer that runs
# What it says goes to stderr, because `make run` prints a document to stdout.
set -eu

wanted=$1
cd "$(dirname "$0")/.."
venv=${VENV:-.venv}

say() { echo "$*" >&2; }
have() { command -v "$1" >/dev/null 2>&1; }

find_python() {
    for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11 python}; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    say "hotwash needs Python 3.11 or newer${PYTHON:+, and PYTHON=$PYTHON is not}. This installs it:"
    say "    $(line_that_installs)"
    exit 1
}

# The one line for this system that brings Python together with venv or virtualenv.
line_that_installs() {
    if [ "$(id -u)" = 0 ]; then sudo=''; else sudo='sudo '; fi
    if have apt-get; then echo "${sudo}apt-get install -y python3 python3-venv"
    elif have dnf; then echo "${sudo}dnf install -y python3 python3-virtualenv"
    elif have apk; then echo "${sudo}apk add python3 py3-virtualenv"
    elif have pacman; then echo "${sudo}pacman -S --needed python python-virtualenv"
    elif have zypper; then echo "${sudo}zypper install -y python3 python3-virtualenv"
    elif have brew; then echo "brew install python"
    else echo "the installer for your system from python.org, which has both"
    fi
}

make_environment() {
    base=$(find_python)
    say "Making $venv with $("$base" --version)"
    rm -rf "$venv"
    # Debian splits venv off: there the first line fails half way, leaving a folder without pip.
    "$base" -m venv "$venv" >/dev/null 2>&1 && return
    rm -rf "$venv"
    "$base" -m virtualenv --quiet "$venv" 2>/dev/null && return
    have virtualenv && virtualenv --quiet --python "$base" "$venv" && return
    say "$base has neither venv nor virtualenv. This installs it:"
    say "    $(line_that_installs)"
    exit 1
}

# An environment is good for one place (its scripts name it), one project and one set of pins.
key_of() {
    echo "$(pwd -P) $( (cat pyproject.toml "requirements/$1.txt" requirements/install.sh) | cksum)"
}

stamp() { echo "$venv/.installed-$1"; }

if [ "$(cat "$(stamp "$wanted")" 2>/dev/null)" = "$(key_of "$wanted")" ] &&
    "$venv/bin/python" -c pass 2>/dev/null; then
    exit 0
fi

# A moved checkout, or an upgraded Python, leaves an environment that does not run.
if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1 ||
    ! grep -qsF "$(pwd -P) " "$venv"/.installed-*; then
    make_environment
fi

say "Installing requirements/$wanted.txt into $venv (a minute or two, only when it changed)"
rm -f "$(stamp "$wanted")"
pip_install() { "$venv/bin/python" -m pip --disable-pip-version-check -qq install "$@"; }
pip_install --require-hashes --requirement "requirements/$wanted.txt"
pip_install --no-deps --no-build-isolation --editable .
key_of "$wanted" >"$(stamp "$wanted")"
# The larger files hold all of the smaller, so `make run` has nothing left to do after `make test`.
if [ "$wanted" != run ]; then key_of run >"$(stamp run)"; fi
if [ "$wanted" = dev ]; then key_of server >"$(stamp server)"; fi
