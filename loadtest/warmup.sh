#!/usr/bin/env bash
# How a gateway warms up that is under full load from its first second, with the start-up cache and without: CPU per delivery, second by second.
#
#   loadtest/warmup.sh
#
#   SUBSCRIBERS   that read one channel                      (1000)
#   WINDOW        publications in flight                     (1)
#   SECONDS_EACH  that each gateway is looked at             (10)
#   ROUNDS        of both in turn, of which medians are told (3)
#   OUT           folder of the single runs                  (loadtest/target/warmup)
#
# Run ./heliograph build before. Needs a C compiler and OpenSSL's headers. With two cores and taskset, the gateway has core 0, the client core 1.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/gateway.sh"
out=${OUT:-$root/loadtest/target/warmup} subscribers=${SUBSCRIBERS:-1000} seconds=${SECONDS_EACH:-10} rounds=${ROUNDS:-3}
bin=${KERNEL_BIN:-${XDG_CACHE_HOME:-$HOME/.cache}/heliograph-kernel}
"$root/loadtest/kernel/build.sh" "$bin"
rm -rf "$out"
mkdir -p "$out"

measure() { # NAME: second, CPU of it, deliveries, and CPU since the start, behind each other
  start_gateway "$out/gateway" "$subscribers" --no-traffic
  "$bin/wsfan" --json --each-second --cpu 1 --proto native --port "${url##*:}" --pid "$pid" --subs "$subscribers" --window "${WINDOW:-1}" \
    --warmup 0 --seconds "$seconds" --path "/ws?token=$token" --sub '{"type":"subscribe","channel":"%C","payload":{}}' \
    --pubws '{"type":"publish","channel":"%C","payload":{"data":%P}}' |
    sed -n 's/{"second":\([0-9]*\),"deliveries":\([0-9]*\),"server_cpu_us":\([0-9.]*\)}/\1 \2 \3/p' >>"$out/$1"
  stop_gateway
}

for round in $(seq "$rounds"); do
  printf 'round %s of %s\n' "$round" "$rounds" >&2
  measure with
  HELIOGRAPH_JAVA_OPTS=-XX:AOTMode=off measure without
done

medians() { # FILE: of each second: deliveries, CPU per delivery
  for second in $(seq "$seconds"); do
    awk -v s="$second" '$1 == s { print $2 }' "$out/$1" | sort -n | awk '{ v[NR] = $1 } END { printf "%d ", v[int((NR + 1) / 2)] }'
    awk -v s="$second" '$1 == s { print $3 }' "$out/$1" | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
  done
}

printf 'second\tdeliveries\tCPU us each\twithout: deliveries\tCPU us each\n'
paste <(seq "$seconds") <(medians with) <(medians without) | tr ' ' '\t'
