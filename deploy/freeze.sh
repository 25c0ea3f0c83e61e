#!/usr/bin/env bash
# Writes constraints.txt from the versions installed in .venv: names and versions only, no addresses.
set -euo pipefail
cd "$(dirname "$0")/.."
{
  echo "# Exact versions of everything backsweep and its tests run on. Made by deploy/freeze.sh; no addresses."
  .venv/bin/python -m pip freeze --disable-pip-version-check --exclude-editable | grep -E '^[A-Za-z0-9_.-]+==' \
    | grep -viE '^(nvidia|cuda|triton|setuptools|pip|wheel)' | sed -E 's/\+.*//' # a local build label, such as +cpu, is no version
} >constraints.txt
