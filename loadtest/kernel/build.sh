#!/usr/bin/env bash
# Compiles limit and wsfan into a folder. Exit code 3: something to compile them with is missing, and stderr says what.
#   build.sh FOLDER
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=${1:?usage: build.sh FOLDER}
missing() { printf 'kernel: %s; on Debian: sudo apt-get install %s\n' "$1" "$2" >&2; exit 3; }

command -v cc >/dev/null || missing 'no C compiler (cc)' 'gcc libc6-dev libssl-dev'
printf '#include <stdio.h>\n' | cc -E - >/dev/null 2>&1 || missing 'the C library has no headers' 'libc6-dev'
printf '#include <openssl/ssl.h>\n' | cc -E - >/dev/null 2>&1 || missing 'OpenSSL has no headers' 'libssl-dev'
mkdir -p "$out"
[ "$out/limit" -nt "$here/limit.c" ] || cc -O2 -Wall -Wextra -o "$out/limit" "$here/limit.c"
[ "$out/wsfan" -nt "$here/wsfan.c" ] || cc -O2 -Wall -Wextra -o "$out/wsfan" "$here/wsfan.c" -lssl -lcrypto
