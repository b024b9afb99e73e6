#!/bin/sh
# Writes run.txt, server.txt and dev.txt again from pyproject.toml, for every system and Python at once:
# `make lock`, or `make lock UPGRADE=--upgrade` for the newest versions. Arguments go to uv.
# Only names, versions and hashes are kept, so that any mirror of the registry will do.
set -eu

cd "$(dirname "$0")/.."

throw_away=$(mktemp -d)
trap 'rm -rf "$throw_away"' EXIT
if ! command -v uv >/dev/null 2>&1; then
    "${PYTHON:-python3}" -m venv "$throw_away/uv"
    "$throw_away/uv/bin/python" -m pip --disable-pip-version-check -qq install uv
    PATH=$throw_away/uv/bin:$PATH
fi

# This machine's own indexes and wheels must not leak into what everybody installs.
unset UV_INDEX UV_DEFAULT_INDEX UV_INDEX_URL UV_EXTRA_INDEX_URL UV_FIND_LINKS UV_CONSTRAINT UV_OVERRIDE
export UV_NO_CONFIG=1 UV_CUSTOM_COMPILE_COMMAND='make lock'

compile() {
    uv pip compile --quiet --universal --python-version 3.11 \
        --generate-hashes --no-emit-index-url pyproject.toml "$@"
}
compile --group build --output-file requirements/run.txt "$@"
# Constrained by run.txt, so that an environment can serve `make run` and `make test` alike.
compile --group build --extra server --constraint requirements/run.txt \
    --output-file requirements/server.txt "$@"
compile --group dev --extra server --extra keyring --constraint requirements/run.txt \
    --output-file requirements/dev.txt "$@"
