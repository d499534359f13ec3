#!/bin/bash
# Does tools/check_layers.sh see each kind of forbidden include?
. "$(dirname "$0")/seed.sh"
check=check_layers.sh

make_tree
passes

seeds 'a layer that looks up' 'lib/base/bad\.c:2: base may not include codec' lib/base/bad.c << 'END'
/* bad.c */
#include "codec/pack.h"
END
seeds 'a layer that looks sideways' 'store may not include codec' lib/store/bad.h << 'END'
#include "codec/pack.h"
END
seeds 'an include without its layer' 'written without its layer' lib/base/bad.c << 'END'
#include "good.h"
END
seeds 'an include with blanks in it' 'base may not include index' lib/base/bad.c << 'END'
  #  include   "index/core.h"
END
seeds 'a folder that is no layer' 'lib/extra is not in lib/LAYERS' lib/extra/bad.c << 'END'
#include "base/good.h"
END
seeds 'a header that does not exist' 'there is no lib/base/missing\.h' lib/codec/bad.c << 'END'
#include "base/missing.h"
END
seeds 'a program that looks inside' 'cli/main\.c:1: sees include/ only' cli/main.c << 'END'
#include "base/good.h"
END
seeds 'an example that goes around' 'sees include/ only' examples/x.c << 'END'
#include "../lib/base/good.h"
END
seeds 'a judge that shares code' 'tests/ref/naive\.c:1: the reference engine' tests/ref/naive.c << 'END'
#include "base/good.h"
END
seeds 'threads outside of base/sync' 'pthread\.h.*threads are for base/sync' lib/index/bad.c << 'END'
#include <pthread.h>
END
seeds 'files outside of store' 'fcntl\.h.*POSIX files are for store' lib/index/bad.c << 'END'
#include <fcntl.h>
END
seeds 'a second user of xxHash' 'xxhash\.h.*base/hash\.h' lib/store/bad.c << 'END'
#include <xxhash.h>
END
done_seeding
