# prs_flags.m4 - which flags does this compiler know?  Each is probed with -Werror, because clang
# only warns about flags it ignores.

# PRS_ADD_FLAG(VARIABLE, FLAG): append FLAG to VARIABLE if the C compiler and linker take it.
AC_DEFUN([PRS_ADD_FLAG], [
    AS_VAR_PUSHDEF([cache], [prs_cv_flag_$2])
    AC_CACHE_CHECK([whether $CC takes $2], [cache], [
        prs_saved_cflags=$CFLAGS
        prs_saved_ldflags=$LDFLAGS
        CFLAGS="$CFLAGS -Werror $2"
        m4_if(m4_bregexp([$2], [^-\(Wl,\|pie\)]), [0], [LDFLAGS="$LDFLAGS $2"])
        AC_LINK_IFELSE([AC_LANG_PROGRAM([[]], [[]])],
            [AS_VAR_SET([cache], [yes])], [AS_VAR_SET([cache], [no])])
        CFLAGS=$prs_saved_cflags
        LDFLAGS=$prs_saved_ldflags])
    AS_VAR_IF([cache], [yes], [AS_VAR_APPEND([$1], [" $2"])])
    AS_VAR_POPDEF([cache])])

# PRS_ADD_FLAGS(VARIABLE, FLAGS): PRS_ADD_FLAG for each of a blank-separated list.
AC_DEFUN([PRS_ADD_FLAGS], [m4_foreach_w([prs_flag], [$2], [PRS_ADD_FLAG([$1], m4_defn([prs_flag]))])])

# PRS_CHECK_HOST: say early and clearly where this library runs.
AC_DEFUN([PRS_CHECK_HOST], [
    AS_CASE([$host],
        [x86_64-*-linux-gnu|x86_64-*-linux-musl], [prs_cpu=x86_64],
        [aarch64-*-linux-gnu|aarch64-*-linux-musl], [prs_cpu=aarch64],
        [AC_MSG_ERROR([prismsearch runs on Linux (glibc or musl) on x86-64 or aarch64; $host is neither])])])

# PRS_LANGUAGE_FLAGS: the dialect.  -ffp-contract=off always: scores are bit-exact (FORMAT.md).
AC_DEFUN([PRS_LANGUAGE_FLAGS], [
    PRS_LANG_CFLAGS="-std=c11 -ffp-contract=off -fvisibility=hidden"
    PRS_LANG_CXXFLAGS="-std=c++17 -ffp-contract=off -fvisibility=hidden -fvisibility-inlines-hidden"
    PRS_LANG_CPPFLAGS="-D_GNU_SOURCE"
    AS_IF([test "x$enable_assertions" != xyes], [PRS_LANG_CPPFLAGS="$PRS_LANG_CPPFLAGS -DNDEBUG"])
    PRS_ADD_FLAGS([PRS_LANG_LDFLAGS], [-Wl,--as-needed])
    AC_SUBST([PRS_LANG_CFLAGS])
    AC_SUBST([PRS_LANG_CXXFLAGS])
    AC_SUBST([PRS_LANG_CPPFLAGS])
    AC_SUBST([PRS_LANG_LDFLAGS])])

# PRS_WARNING_FLAGS: test programme T9.  -Wstack-usage is gcc's, -Wframe-larger-than clang's.
AC_DEFUN([PRS_WARNING_FLAGS], [
    PRS_ADD_FLAGS([PRS_WARN_CFLAGS], [-Wall -Wextra -Wconversion -Wsign-conversion -Wshadow -Wvla
        -Walloca -Wundef -Wformat=2 -Wcast-qual -Wpointer-arith -Wwrite-strings
        -Wimplicit-fallthrough -Wstrict-prototypes -Wmissing-prototypes
        -Wold-style-definition -Wdate-time -Wlogical-op -Wduplicated-cond
        -Wunreachable-code-aggressive -Wassign-enum])
    AS_IF([test "x$enable_sanitizers" = xno],
        [PRS_ADD_FLAG([PRS_WARN_CFLAGS], [-Wstack-usage=16384])
         AS_CASE([$PRS_WARN_CFLAGS], [*stack-usage*], [],
            [PRS_ADD_FLAG([PRS_WARN_CFLAGS], [-Wframe-larger-than=16384])])])
    # Scores are float: an accidental double changes them.  Not for tests, whose macros print floats.
    PRS_ADD_FLAGS([PRS_WARN_LIB_CFLAGS], [-Wdouble-promotion])
    PRS_WARN_CXXFLAGS="-Wall -Wextra -Wshadow -Wvla"
    AS_IF([test "x$enable_werror" = xyes], [PRS_WARN_CFLAGS="$PRS_WARN_CFLAGS -Werror"
        PRS_WARN_CXXFLAGS="$PRS_WARN_CXXFLAGS -Werror"])
    AC_SUBST([PRS_WARN_CFLAGS])
    AC_SUBST([PRS_WARN_LIB_CFLAGS])
    AC_SUBST([PRS_WARN_CXXFLAGS])])

# PRS_HARDENING_FLAGS: test programme T10.  PRS_HARD_AUTO_CFLAGS is apart, because kernel files
# (vector registers, large local arrays) leave it out.  _FORTIFY_SOURCE needs optimisation and is
# not for sanitizer or coverage builds.
AC_DEFUN([PRS_HARDENING_FLAGS], [
    AS_IF([test "x$enable_hardening" != xno], [
        PRS_ADD_FLAGS([PRS_HARD_CFLAGS], [-fstack-protector-strong -fstack-clash-protection
            -fno-delete-null-pointer-checks -fno-strict-overflow])
        AS_IF([test "$prs_cpu" = x86_64],
            [PRS_ADD_FLAG([PRS_HARD_CFLAGS], [-fcf-protection=full])],
            [PRS_ADD_FLAG([PRS_HARD_CFLAGS], [-mbranch-protection=standard])])
        PRS_ADD_FLAGS([PRS_HARD_AUTO_CFLAGS], [-ftrivial-auto-var-init=zero
            -fzero-call-used-regs=used-gpr])
        PRS_ADD_FLAGS([PRS_HARD_LDFLAGS], [-Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack])
        PRS_ADD_FLAG([PRS_PIE_CFLAGS], [-fPIE])
        PRS_ADD_FLAG([PRS_PIE_LDFLAGS], [-pie])
        AS_IF([test "x$enable_sanitizers" = xno && test "x$enable_coverage" != xyes],
            [AS_CASE([" $CFLAGS "], [*" -O0 "*], [], [PRS_FORTIFY_FLAGS])])])
    AC_SUBST([PRS_HARD_CPPFLAGS])
    AC_SUBST([PRS_HARD_CFLAGS])
    AC_SUBST([PRS_HARD_AUTO_CFLAGS])
    AC_SUBST([PRS_HARD_LDFLAGS])
    AC_SUBST([PRS_PIE_CFLAGS])
    AC_SUBST([PRS_PIE_LDFLAGS])])

# PRS_FORTIFY_FLAGS: level 3 where the compiler knows it; distributions may have set a level.
AC_DEFUN([PRS_FORTIFY_FLAGS], [
    AC_CACHE_CHECK([for the level of _FORTIFY_SOURCE], [prs_cv_fortify], [
        prs_cv_fortify=2
        prs_saved_cppflags=$CPPFLAGS
        prs_saved_cflags=$CFLAGS
        CFLAGS="$CFLAGS -O2 -Werror"
        CPPFLAGS="$CPPFLAGS -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3"
        AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[#include <string.h>]], [[]])], [prs_cv_fortify=3])
        CPPFLAGS=$prs_saved_cppflags
        CFLAGS=$prs_saved_cflags])
    PRS_HARD_CPPFLAGS="-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=$prs_cv_fortify"])

# PRS_INSTRUMENTATION_FLAGS: sanitizers and coverage go to the compiler and the linker alike.  Without vptr,
# whose checks in the C++ part need a run-time that clang does not link into C programs.
AC_DEFUN([PRS_INSTRUMENTATION_FLAGS], [
    AS_IF([test "x$enable_sanitizers" = xyes],
        [PRS_INSTR_FLAGS="-fsanitize=address,undefined -fno-sanitize=vptr -fno-sanitize-recover=undefined -fno-omit-frame-pointer"],
        [test "x$enable_sanitizers" = xthread], [PRS_INSTR_FLAGS="-fsanitize=thread -fno-omit-frame-pointer"],
        [PRS_ADD_FLAG([PRS_LIB_LDFLAGS], [-Wl,-z,defs])])
    AS_IF([test "x$enable_coverage" = xyes],
        [PRS_INSTR_FLAGS="$PRS_INSTR_FLAGS --coverage -fprofile-update=atomic -O0"])
    AC_SUBST([PRS_INSTR_FLAGS])
    AC_SUBST([PRS_LIB_LDFLAGS])])

# PRS_KERNEL_FLAGS: one convenience library for each SIMD level; empty flags where it has no meaning.
AC_DEFUN([PRS_KERNEL_FLAGS], [
    AS_IF([test "$prs_cpu" = x86_64], [
        PRS_SSE42_CFLAGS="-msse4.2 -mpopcnt"
        PRS_AVX2_CFLAGS="-mavx2 -mbmi -mbmi2 -mpopcnt -mlzcnt"
        PRS_AVX512_CFLAGS="$PRS_AVX2_CFLAGS -mavx512f -mavx512bw -mavx512vl -mavx512dq"])
    AC_SUBST([PRS_SSE42_CFLAGS])
    AC_SUBST([PRS_AVX2_CFLAGS])
    AC_SUBST([PRS_AVX512_CFLAGS])])
