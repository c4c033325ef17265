#!/bin/bash
# SPDX-License-Identifier: MIT
# Installs what a command of the Makefile needs and this machine does not have; says nothing if all is there.
# usage: install_missing.sh [GROUP...]     groups: the functions below named packages_*; without one: build
# Output: exit status 0 when nothing is missing any more. Without root, or where apt-get cannot help, it prints what is
# missing and stops with status 1. .NET itself is not installed, only looked for.
set -euo pipefail
cd "$(dirname "$0")/../.."

packages_build() {
    echo g++ libfmt-dev libzycore-dev libzydis-dev make meson ninja-build pkg-config
    echo python3-mesonpy python3-pip python3-pyelftools python3-wheel python3.11 python3.11-dev python3.11-venv
}

# The second line: CPython's own tests, whose code objects are decoded and whose programs run; what tests of other
# people's programs use (test_ecosystem.py and test_event_streams.py of tests/python). The third: a browser for the page
# of test_report.py, and what runs the notebook of test_notebook.py.
packages_tests() {
    echo clang-format gdb libgtest-dev mypy python3-hypothesis python3-pytest
    echo libpython3.11-testsuite python3-coverage python3-django python3-flask python3-jinja2 python3-numpy python3-sqlalchemy
    echo chromium python3-ipykernel python3-nbclient
}

packages_debug() { echo python3.11-dbg libpython3.11-dbg; }
packages_coverage() { echo gcovr; }
packages_counting() { echo gcc valgrind; }

wanted=()
for group in "${@:-build}"; do
    declare -F "packages_$group" >/dev/null || { echo "There is no group $group." >&2; exit 1; }
    mapfile -t words < <("packages_$group" | tr ' ' '\n')
    wanted+=("${words[@]}")
done

missing_packages() {
    # Status per package; a package that dpkg has never heard of is missing on standard error.
    local installed
    installed=" $(dpkg-query --show --showformat '${Package}:${db:Status-Status} ' "${wanted[@]}" 2>/dev/null || true)"
    for package in "${wanted[@]}"; do
        [[ "$installed" == *" $package:installed "* ]] || printf '%s\n' "$package"
    done
}

if ! command -v dpkg-query >/dev/null; then
    echo "This is no Debian system. Needed are the equivalents of: ${wanted[*]}" >&2
    exit 1
fi

mapfile -t missing < <(missing_packages)
if ((${#missing[@]})); then
    if ((EUID != 0)); then
        echo "Missing packages. As root: apt-get install ${missing[*]}" >&2
        exit 1
    fi
    echo "Installing: ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    apt-get install --yes --no-install-recommends "${missing[@]}" >/dev/null 2>&1 || {
        apt-get update
        apt-get install --yes --no-install-recommends "${missing[@]}"
    }
fi

if ! command -v dotnet >/dev/null && ! /usr/bin/python3.11 tools/setup/find_clrjit.py --print >/dev/null; then
    /usr/bin/python3.11 tools/setup/find_clrjit.py --print >&2 || true
    exit 1
fi
