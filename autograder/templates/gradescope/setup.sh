#!/usr/bin/env bash
# Run once by Gradescope, as root, when it makes the autograder's container: the Python environment for grading.
set -euo pipefail
umask 022
cd "$(dirname "${BASH_SOURCE[0]}")"

# The first Python that will do and can make environments.
find_python() {
    for python in python3.13 python3.12 python3.11 python3; do
        if "$python" -c 'import ensurepip, sqlite3, sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
            >/dev/null 2>&1; then
            echo "$python"
            return
        fi
    done
}

python=$(find_python)
if [ -z "$python" ]; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update
    apt-get install --yes python3.12-venv || apt-get install --yes python3.11-venv
    python=$(find_python)
fi

"$python" -m venv .venv
constraints=()
[ ! -f constraints.txt ] || constraints=(--constraint constraints.txt)
.venv/bin/python -m pip install --disable-pip-version-check "${constraints[@]}" --requirement requirements.txt

# Student code runs as a user of its own, who comes through these folders to Python and to nothing hidden.
chmod go+x .
find course grader.json -type f ! -name public.h5 -exec chmod 600 {} +
