#!/bin/sh
# bundle.sh - one script out of three, with the runtime in it.
#
#   cmd/web/bundle.sh NNSE.WASM >nnse.js
set -eu
here=$(dirname "$0")

printf '/* nnse.js - made by make web from cmd/web of nnse-c. BSD-3-Clause. */\n'
cat "$here/stream.js"
printf 'const WASM_BASE64 = "%s";\n' "$(base64 -w 0 "$1")"
printf 'const WORKLET = `'
cat "$here/stream.js" "$here/processor.js" | sed 's/[\\`$]/\\&/g'
printf '`;\n'
cat "$here/nnse.js"
