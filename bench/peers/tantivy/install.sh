#!/bin/sh
# install.sh - Tantivy and the driver into OUT_DIR.  Usage: install.sh OUT_DIR
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=$1
mkdir -p "$out"
command -v cargo > /dev/null || { echo "skipped: no cargo"; exit 77; }
cd "$here"
export CARGO_TARGET_DIR="$out/target" RUSTFLAGS="-C target-cpu=native"
cargo fetch --locked > "$out/cargo.log" 2>&1 ||
    { echo "skipped: the registry of crates was not reached, see $out/cargo.log"; exit 77; }
cargo build --release --locked --offline >> "$out/cargo.log" 2>&1
cp "$out/target/release/tantivy-peer" "$out/driver.new"
mv "$out/driver.new" "$out/driver" # it may be running
