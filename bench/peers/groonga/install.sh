#!/bin/sh
# install.sh - Groonga and the driver into OUT_DIR.  Usage: install.sh OUT_DIR
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../debian.sh"
need_packages "$1" libgroonga-dev pkg-config
# shellcheck disable=SC2046  # flags are words
cc -O2 -march=native -o "$1/driver" "$here/groonga.c" $(pkg-config --cflags --libs groonga)
