#!/bin/sh
# install.sh - Xapian and the driver into OUT_DIR.  Usage: install.sh OUT_DIR
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../debian.sh"
need_packages "$1" libxapian-dev libjansson-dev
c++ -std=c++17 -O2 -march=native -o "$1/driver" "$here/xapian.cc" -lxapian -ljansson
