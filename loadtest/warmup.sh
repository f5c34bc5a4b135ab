#!/usr/bin/env bash
# How a gateway warms up that is under load from its first second, with the start-up cache and without: CPU per delivery, second by second, and the CPU
# time of the whole process, its start and the subscribers' upgrades included.
#
#   loadtest/warmup.sh
#
#   SUBSCRIBERS   that read one channel                      (1000)
#   RATE          publications a second                      (100)
#   WINDOW        publications in flight, instead of a rate: full load
#   SECONDS_EACH  that each gateway is looked at             (10)
#   ROUNDS        of both in turn, of which medians are told (3)
#   OUT           folder of the single runs                  (loadtest/target/warmup)
#
# Run ./heliograph build before. Needs a C compiler and OpenSSL's headers. With two cores and taskset, the gateway has core 0, the client core 1.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/gateway.sh"
out=${OUT:-$root/loadtest/target/warmup} subscribers=${SUBSCRIBERS:-1000} seconds=${SECONDS_EACH:-10} rounds=${ROUNDS:-3}
load=(--rate "${RATE:-100}")
[ -z "${WINDOW:-}" ] || load=(--window "$WINDOW")
bin=${KERNEL_BIN:-${XDG_CACHE_HOME:-$HOME/.cache}/heliograph-kernel}
"$root/loadtest/kernel/build.sh" "$bin"
rm -rf "$out"
mkdir -p "$out"

cpu() { awk '{ print ($14 + $15) / 100 }' "/proc/$pid/stat"; }

measure() { # NAME
  start_gateway "$out/gateway" "$subscribers" --no-traffic
  cpu >>"$out/$1-ready"
  "$bin/wsfan" --json --each-second --cpu 1 --proto native --port "${url##*:}" --pid "$pid" --subs "$subscribers" "${load[@]}" \
    --warmup 0 --seconds "$seconds" --path "/ws?token=$token" --sub '{"type":"subscribe","channel":"%C","payload":{}}' \
    --pubws '{"type":"publish","channel":"%C","payload":{"data":%P}}' |
    sed -n 's/{"second":\([0-9]*\),"deliveries":\([0-9]*\),"server_cpu_us":\([0-9.]*\)}/\1 \2 \3/p' >>"$out/$1"
  cpu >>"$out/$1-all"
  stop_gateway
}

for round in $(seq "$rounds"); do
  printf 'round %s of %s\n' "$round" "$rounds" >&2
  measure with
  HELIOGRAPH_JAVA_OPTS=-XX:AOTMode=off measure without
done

median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
of_second() { awk -v second="$2" -v column="$3" '$1 == second { print $column }' "$out/$1" | median; } # FILE SECOND COLUMN

printf '\twith: deliveries\tCPU us each\twithout: deliveries\tCPU us each\n'
for second in $(seq "$seconds"); do
  printf 'second %s\t%s\t%s\t%s\t%s\n' "$second" "$(of_second with "$second" 2)" "$(of_second with "$second" 3)" \
    "$(of_second without "$second" 2)" "$(of_second without "$second" 3)"
done
printf 'CPU s up to ready\t\t%s\t\t%s\nCPU s in all\t\t%s\t\t%s\n' "$(median <"$out/with-ready")" "$(median <"$out/without-ready")" \
  "$(median <"$out/with-all")" "$(median <"$out/without-all")"
