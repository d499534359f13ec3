#!/bin/bash
# Does tools/check_docs.sh see files without a head, code without a test, names without a comment?
. "$(dirname "$0")/seed.sh"
check=check_docs.sh

make_tree
passes

seeds 'a file without a head' 'lib/base/bad\.h:1: does not open' lib/base/bad.h <<< 'int x;'
seeds 'a head of another file' 'does not open with "/\* bad\.h - ' lib/base/bad.h <<< '/* good.h - x */'
seeds 'a head that says nothing' 'does not open' lib/base/bad.h <<< '/* bad.h - '
make_tree
{ echo '/* pack.c - how? */'; lines 120 'int x;'; } | put lib/codec/pack.c
expect_failure 'a long file without an essay' 'lib/codec/pack\.c:1: 121 lines of code and a head essay of 1'
make_tree
{ echo '/* pack.c - how?'; lines 7 ' * So.'; echo ' */'; lines 120 'int x;'; } | put lib/codec/pack.c
what='a long file with an essay' passes

seeds 'code without a test' 'lib/codec/lost\.c: has no tests/unit/codec/test_lost\.c' lib/codec/lost.c \
    <<< '/* lost.c - who tests it? */'
make_tree
echo '/* pack_fast.c - how fast? */' | put lib/codec/pack_fast.c
what='a part of a header, tested with it' passes
echo '/* pack_fast.h - a header of its own. */' | put lib/codec/pack_fast.h
expect_failure 'a header without a test' 'pack_fast\.c: has no tests/unit/codec/test_pack_fast\.c'
make_tree
echo '/* lost.c - who tests it? */' | put lib/codec/lost.c
echo 'lib/codec/lost.c tested by tests/unit/codec/test_pack.c' | put tests/unit/EXEMPT
what='code with an exemption' passes
echo 'lib/codec/lost.c' | put tests/unit/EXEMPT
expect_failure 'an exemption without a reason' 'lib/codec/lost\.c has no reason'
make_tree
echo 'lib/codec/pack.c it is easy' | put tests/unit/EXEMPT
expect_failure 'an exemption that is not needed' 'has a test by now'
echo 'lib/codec/gone.c it was easy' | put tests/unit/EXEMPT
expect_failure 'an exemption of nothing' 'there is no lib/codec/gone\.c'

seeds 'a function without a comment' 'bad\.h:3: no comment explains: PRISM_API int prism_b' \
    include/prismsearch/bad.h << 'END'
/* bad.h - x */

PRISM_API int prism_b(void);
END
seeds 'a comment with a gap behind it' 'bad\.h:4: no comment' include/prismsearch/bad.h << 'END'
/* bad.h - x */
/** About something else. */

PRISM_API int prism_b(void);
END
seeds 'a type without a comment' 'bad\.h:3: no comment' include/prismsearch/bad.h << 'END'
/* bad.h - x */

typedef struct prism_x {
    int y;
} prism_x;
END
seeds 'a function that can fail and does not say how' 'bad\.h:4: no Errors' include/prismsearch/bad.h << 'END'
/* bad.h - x */

/** Does it. */
PRISM_API prism_status prism_b(int x, prism_error *err);
END
seeds 'one that shares the comment of another' 'bad\.h:6: no Errors .*: PRISM_API prism_status prism_c\(int x, prism_error' \
    include/prismsearch/bad.h << 'END'
/* bad.h - x */

/** Does it.
 *  Errors : some */
PRISM_API prism_status prism_b(int x, prism_error *err);
PRISM_API prism_status prism_c(int x,
                               prism_error *err);
END
seeds 'an output that nobody owns' 'bad\.h:5: no owner' include/prismsearch/bad.h << 'END'
/* bad.h - x */

/** Does it.
 *  Errors : some */
PRISM_API prism_status prism_b(prism_x **out, prism_error *err);
END
seeds 'a constant without a comment' 'bad\.h:3: no comment' include/prismsearch/bad.h << 'END'
/* bad.h - x */

#define PRISM_MAX_X 3
END
make_tree
printf 'prism_a\n' | put lib/prismsearch.sym
printf '.Fn prism_a ,\n.Fn prism_gone x\n' | put docs/man/x.3
expect_failure 'a manual of functions that are gone' 'x\.3: there is no function prism_gone'
make_tree
echo '/* pack.c - again */' | put lib/base/pack.c
echo '/* Tests. */' | put tests/unit/base/test_pack.c
expect_failure 'a name that occurs twice' 'pack\.c: the name occurs more than once'
done_seeding
