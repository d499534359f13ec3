#!/bin/sh
# install.sh - BM25S and the driver into OUT_DIR.  Usage: install.sh OUT_DIR
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../python.sh"
need_python "$1" bm25s==0.3.16 numba
