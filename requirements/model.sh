#!/bin/sh
# Fetches the speech model that `make run` and `make test` use, once, into this user's cache, and
# goes on without it when that fails: `sh requirements/model.sh [once]`. Quick when it is there.
#   VENV   the environment's folder, .venv unless told
#   VOICE  0 to leave speech alone
#   once   don't try again after it failed
# What it says goes to stderr, because `make run` prints a document to stdout.
set -eu

cd "$(dirname "$0")/.."
venv=${VENV:-.venv}
stamp=$venv/.speech-model
failed=$venv/.speech-model-failed

say() { echo "$*" >&2; }

if [ "${VOICE:-1}" = 0 ]; then exit 0; fi
if [ -f "$(cat "$stamp" 2>/dev/null)/model.bin" ]; then exit 0; fi
if [ "${1:-}" = once ] && [ -f "$failed" ]; then exit 0; fi

say "Looking for the speech model base (148 MB, only once; VOICE=0 leaves it out)"
# Its folder is all that it prints to stdout.
if folder=$("$venv/bin/hotwash" voice install base </dev/null); then
    echo "$folder" >"$stamp"
    rm -f "$failed"
else
    : >"$failed"
    say "Going on without speech; typing needs none of it. To try again: make voice"
fi
