# The check of the rules of lib/ and cmd/ fails when one is broken.
. "$SRC/tests/cli/lib.sh"

check="$SRC/scripts/check-rules.sh"

# plant FILE TEXT: a fresh copy of lib/ and cmd/ with the text added to a file; a
# new one begins with its name. The runtime, whose compilation takes longer than
# all else, is there for what is planted into it.
plant()
{
    rm -rf tree
    mkdir tree
    cp -r "$SRC/lib" "$SRC/cmd" tree
    [[ $1 == lib/nnsp/* ]] || rm -r tree/lib/nnsp
    mkdir -p "tree/$(dirname "$1")"
    [ -e "tree/$1" ] || printf '/* %s - planted */\n' "${1##*/}" >"tree/$1"
    printf '%s\n' "$2" >>"tree/$1"
}

plant lib/base/status.c ''
expect 0 "$check" tree

plant lib/nn/planted.c '#include "train/train.h"'
expect 1 "$check" tree
expect_line 'lib/nn/planted.c:2: nn may not know train \(train/train.h\)'

plant lib/base/planted.h '  #  include <audio/sound.h>'
expect 1 "$check" tree
expect_line 'lib/base/planted.h:2: base may not know audio'

plant lib/nn/planted.c '#include "dsp/mel.h"'
expect 1 "$check" tree
expect_line 'nn may not know dsp'

plant lib/dsp/planted.c '#include "nn/arch.h"'
expect 1 "$check" tree
expect_line 'dsp may not know nn'

plant lib/train/planted.c '#include "common/cli.h"'
expect 1 "$check" tree
expect_line "nobody may include a program's common/cli.h"

plant lib/base/planted.c '#include "../train/train.h"'
expect 1 "$check" tree
expect_line 'must be of the form'

plant lib/odds/planted.c ''
expect 1 "$check" tree
expect_line 'lib/odds: has no place in the order'

# ---- private headers ----

plant lib/mix/planted.c '#include "corpus/any_private.h"'
expect 1 "$check" tree
expect_line 'lib/mix/planted.c:2: corpus/any_private.h is private to lib/corpus'

plant cmd/se-plot/planted.c '#include "corpus/any_private.h"'
expect 1 "$check" tree
expect_line 'cmd/se-plot/planted.c:2: a private header: "corpus/any_private.h"'

# ---- circles ----

plant lib/base/planted_a.c 'int se_planted_a(int x)
{
    return x > 0 ? se_planted_b(x - 1) : 0; /* "se_planted_b(" */
}'
cat >tree/lib/base/planted_b.c <<'EOF'
/* planted_b.c - se_planted_a(0) is no call here. */
struct se_planted_a;
int se_planted_b(int x)
{
    return puts("se_planted_a");
}
EOF
expect 0 "$check" tree
sed -i 's/puts.*/se_planted_a(x);/' tree/lib/base/planted_b.c
expect 1 "$check" tree
expect_line 'lib/base: a circle of files: .*planted_[ab].c.*planted_[ab].c'

# ---- first lines ----

plant lib/base/status.c ''
sed -i '1s/status.c/state.c/' tree/lib/base/status.c
expect 1 "$check" tree
expect_line 'lib/base/status.c: its first line must begin with /\* status.c - '

# ---- the integer runtime ----

plant lib/nnsp/planted.c '#include <stdint.h>
int32_t nnsp_twice(int32_t x); /* 1.5 float: a comment */
int32_t nnsp_twice(int32_t x)
{
    return 2 * x;
}'
expect 0 "$check" tree

plant lib/nnsp/planted.c '#include <stdio.h>'
expect 1 "$check" tree
expect_line 'lib/nnsp/planted.c:2: the runtime may not include stdio.h'

plant lib/nnsp/planted.c '#include "base/status.h"'
expect 1 "$check" tree
expect_line 'the runtime may not include base/status.h'

plant lib/nnsp/planted.c 'void *malloc(unsigned long);
void *nnsp_heap(void);
void *nnsp_heap(void)
{
    return malloc(100);
}'
expect 1 "$check" tree
expect_line 'lib/nnsp: needs malloc from outside'

plant lib/nnsp/planted.c 'int nnsp_counter;'
expect 1 "$check" tree
expect_line 'nnsp_counter is a global'

plant lib/nnsp/planted.c 'int nnsp_half(int x);
int nnsp_half(int x)
{
    return (int)(x * 0.5);
}'
expect 1 "$check" tree
expect_line 'lib/nnsp/planted.c: uses floating point'

plant lib/nnsp/planted.h 'float nnsp_square(float x);'
printf '/* planted.c - planted */\n#include "nnsp/planted.h"\n' >tree/lib/nnsp/planted.c
expect 1 "$check" tree
expect_line 'lib/nnsp/planted.h: uses floating point'

plant lib/quant/planted.c '#include "nnsp/kernel.h"'
expect 1 "$check" tree
expect_line 'quant may not know nnsp'
