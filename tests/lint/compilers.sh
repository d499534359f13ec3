# compilers.sh - which compilers can be asked here, and how strictly?  Sourced.
# clang goes by several names on Debian; a compiler that is two names for one program is asked once.
strict_flags='-pedantic -Wall -Wextra -Wconversion -Wshadow -Werror'

# those_there NAME...: the commands that exist, one a line, each program once.
those_there() {
    local command path seen=
    for command in "$@"; do
        path=$(command -v "${command%% *}" 2> /dev/null) || continue
        path=$(readlink -f "$path")
        case $seen in *"|$path|"*) continue ;; esac
        seen="$seen|$path|"
        printf '%s\n' "$command"
    done
}

c_compilers() { those_there "${CC:-cc}" gcc clang clang-14 clang-15 clang-16 clang-18; }
cxx_compilers() { those_there "${CXX:-c++}" g++ clang++ clang++-14 clang++-15 clang++-16 clang++-18; }
