#!/bin/bash
# SPDX-License-Identifier: MIT
# Installs what building and testing pyjion needs and this machine does not have; says nothing if all is there.
# Input: the list below. Output: exit status 0 when nothing is missing any more. Without root, or where apt-get cannot
# help, it prints what is missing and stops with status 1. .NET itself is not installed, only looked for.
set -euo pipefail
cd "$(dirname "$0")/../.."

packages=(
    clang-format
    g++
    libfmt-dev
    libgtest-dev
    libzycore-dev
    libzydis-dev
    make
    meson
    ninja-build
    pkg-config
    python3-hypothesis
    python3-mesonpy
    python3-pip
    python3-pytest
    python3.11
    python3.11-dev
    python3.11-venv
)

missing_packages() {
    # Status per package; a package that dpkg has never heard of is missing on standard error.
    local installed
    installed=" $(dpkg-query --show --showformat '${Package}:${db:Status-Status} ' "${packages[@]}" 2>/dev/null || true)"
    for package in "${packages[@]}"; do
        [[ "$installed" == *" $package:installed "* ]] || printf '%s\n' "$package"
    done
}

if ! command -v dpkg-query >/dev/null; then
    echo "This is no Debian system. Needed are the equivalents of: ${packages[*]}" >&2
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
