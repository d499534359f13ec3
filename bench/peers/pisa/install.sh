#!/bin/sh
# install.sh - PISA and the driver into OUT_DIR.  Usage: install.sh OUT_DIR
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../python.sh"
need_python "$1" pyterrier-pisa==0.4.9
