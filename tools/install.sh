#!/bin/sh
# Makes .venv, or mends it: `make install` runs this, and so does every target that needs .venv.
#
# It can be run at any time and from any state. When all is in order it says so and stops. It starts afresh when .venv
# is broken, lacks files, was made in another folder, or runs on another Python than PYTHON asks for.
set -eu
cd "$(dirname "$0")/.."
here=$(pwd -P)
stamp=.venv/.installed # written last: what was installed, and from what
unset PYTHONHOME PYTHONPATH

fail() {
    echo "$1" >&2
    exit 2
}

# Prints a Python's version and its folder, if it is one that the kit can use.
identify() {
    "$1" -c '
import sys
if not (3, 11) <= sys.version_info[:2] <= (3, 13):
    sys.exit(1)
print("Python %d.%d.%d in" % sys.version_info[:3], sys.base_prefix)' 2>/dev/null
}

# TensorFlow's wheels say where the kit can run.
if [ "$(uname -s) $(uname -m)" = "Darwin x86_64" ]; then
    fail "TensorFlow, as it is pinned here, has no wheel for Intel Macs: please use Linux, or a Mac with Apple silicon."
fi

# Names the first module that building an environment or nbgrader needs and that this Python was built without.
missing_module() {
    "$1" -c '
for name in ("venv", "ensurepip", "sqlite3", "ssl"):
    try:
        __import__(name)
    except ImportError:
        print(name)
        break' 2>/dev/null
}

# Sets $python to the Python to build with: the one asked for, or the first that will do.
choose_python() {
    set -- python3 python3.13 python3.12 python3.11
    [ -z "${PYTHON:-}" ] || set -- "$PYTHON"
    incomplete=
    for python; do
        identify "$python" >/dev/null || continue
        module=$(missing_module "$python")
        if [ -z "$module" ]; then
            # Inside an environment, perhaps the very .venv that is about to go, this is the Python behind it.
            python=$("$python" -c 'import sys; print(getattr(sys, "_base_executable", sys.executable))')
            return 0
        fi
        incomplete=${incomplete:-"$python lacks its module $module"}
    done
    if [ -n "$incomplete" ]; then
        fail "$incomplete: please install that (on Debian and Ubuntu, 'apt install python3-venv' brings venv and ensurepip), or name another Python 3.11 to 3.13, as in 'make install PYTHON=/path/to/python3.12'."
    elif [ -n "${PYTHON:-}" ]; then
        fail "PYTHON=$PYTHON is not a working Python 3.11, 3.12 or 3.13: please name one that is, or leave PYTHON out to let one be found."
    fi
    fail "No Python 3.11, 3.12 or 3.13 was found (TensorFlow and h5py, as they are pinned here, have no wheels for a later one): please install one of them, or say where it is, as in 'make install PYTHON=/path/to/python3.12'."
}

# Whether .venv runs, was made in this folder and with the Python asked for, and has every file it should have.
sound() {
    found=$(identify .venv/bin/python) || return 1
    grep -qF " $here/.venv" .venv/pyvenv.cfg || return 1
    if [ -n "${PYTHON:-}" ]; then
        [ "$(identify "$PYTHON")" = "$found" ] || return 1
    fi
    .venv/bin/python -I tools/check_files.py
}

# What the stamp says when nothing has changed since.
state() {
    .venv/bin/python -V
    cksum <pyproject.toml
    cksum <constraints.txt
    cksum <requirements-grading.txt
}

start_afresh() {
    echo "Making .venv with $(identify "$python"): some minutes, and 2.8 GB, the first time."
    rm -rf .venv
    "$python" -m venv .venv
}

install_packages() {
    # What grading trusts, each file by its hash; then the package itself and its tools.
    .venv/bin/python -m pip install --disable-pip-version-check --no-user --no-deps --require-hashes \
        --requirement requirements-grading.txt
    .venv/bin/python -m pip install --disable-pip-version-check --no-user \
        --constraint constraints.txt --editable '.[dev]'
    .venv/bin/python -m autograder.sandbox.kernelspec >/dev/null
    # A wheel brings this as a file; setuptools leaves such files out where it installs a folder that stays editable.
    mkdir -p .venv/etc/jupyter/jupyter_server_config.d
    cp autograder/templates/jupyter/autograder.json .venv/etc/jupyter/jupyter_server_config.d/
    # Kernels in the sandbox may write nothing here, and each would compile the package anew.
    .venv/bin/python -m compileall -q autograder
}

[ -z "${PYTHON:-}" ] || choose_python # so that a wrong PYTHON is said, whatever state .venv is in

if sound; then
    if [ "$(cat "$stamp" 2>/dev/null)" = "$(state)" ]; then
        echo ".venv is up to date."
        exit 0
    fi
    echo "Bringing .venv up to date."
    rm -f "$stamp"
else
    choose_python
    start_afresh
fi
begun=$(date +%s)
install_packages
state >"$stamp"
echo ".venv is ready: $(($(date +%s) - begun)) s, $(du -sh .venv | cut -f1)."
