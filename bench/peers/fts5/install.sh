#!/bin/sh
# install.sh - SQLite FTS5 and the driver into OUT_DIR.  Usage: install.sh OUT_DIR
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../debian.sh"
need_packages "$1" libsqlite3-dev libjansson-dev
cc -O2 -march=native -o "$1/driver" "$here/fts5.c" -lsqlite3 -ljansson
