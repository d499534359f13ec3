#!/bin/sh
# install.sh - Lucene and the driver into OUT_DIR.  Usage: install.sh OUT_DIR
# Needs Maven and a JDK of at least 21: JAVA_HOME, else the newest below /usr/lib/jvm.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=$1
mkdir -p "$out"
release() { sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" 2>/dev/null || true; }
jdk= best=20
for dir in ${JAVA_HOME:+"$JAVA_HOME"} /usr/lib/jvm/*; do
    [ -x "$dir/bin/javac" ] || continue
    v=$(release "$dir")
    if [ "${v:-0}" -gt "$best" ]; then jdk=$dir best=$v; fi
done
[ -n "$jdk" ] || { echo "skipped: no JDK of version 21 or later"; exit 77; }
command -v mvn > /dev/null || { echo "skipped: no Maven"; exit 77; }
if ! ls "$out"/jars/lucene-core-*.jar > /dev/null 2>&1; then
    mvn -q -B -f "$here/pom.xml" dependency:copy-dependencies -DoutputDirectory="$out/jars" \
        > "$out/maven.log" 2>&1 ||
        { echo "skipped: the registry of Maven was not reached, see $out/maven.log"; exit 77; }
fi
"$jdk/bin/javac" -cp "$out/jars/*" -d "$out/classes" "$here"/*.java
cat > "$out/driver" <<END
#!/bin/sh
exec "$jdk/bin/java" -Xms4g -Xmx4g -XX:+UseSerialGC --add-modules jdk.incubator.vector \\
    --enable-native-access=ALL-UNNAMED -cp "$out/classes:$out/jars/*" LucenePeer "\$@"
END
chmod +x "$out/driver"
