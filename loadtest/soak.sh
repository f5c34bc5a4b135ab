#!/usr/bin/env bash
# Keeps a gateway of its own at a steady load and looks at it now and then: what must stay flat, and how late deliveries are.
#
#   loadtest/soak.sh [MINUTES]    (30)
#
#   SUBSCRIBERS   that read one channel                              (1000)
#   RATE          publications a second on it                        (115: half of what one core delivers)
#   POSTS         Segment events a second, on another channel        (100)
#   EVERY         seconds between two looks                          (30)
#   OUT           folder of soak.tsv and of the swarm's results      (loadtest/target/soak)
#
# Run ./heliograph build and `mvn -pl loadtest -am -Dweb.skip -DskipTests -Dgatling.skip verify` before. Needs curl. With two cores and taskset,
# the gateway has core 0, the swarm core 1. Exit code 1 if anything was lost, repeated or misplaced.
set -euo pipefail
minutes=${1:-30}
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/gateway.sh"
out=${OUT:-$root/loadtest/target/soak} every=${EVERY:-30}
mkdir -p "$out"
start_gateway "$out" "${SUBSCRIBERS:-1000}" --rate "${POSTS:-100}"
unset "${!HELIOGRAPH_@}"

(pin 1 "$java" -jar "$root/loadtest/target/heliograph-swarm.jar" --url "$url" --token "$token" --channel private-soak \
  --connections "${SUBSCRIBERS:-1000}" --rate "${RATE:-115}" --warmup 20 --seconds $((60 * minutes)) --connect-seconds 120 \
  --out "$out" --name soak) >"$out/swarm.log" 2>&1 &
swarm=$!

ask() { curl -sf -H "Authorization: Bearer $admin_token" "$admin_url$1"; }
metric() { awk -v name="$1" '$1 ~ "^" name "([{,]|$)" { sum += $NF } END { printf "%.0f", sum }' "$out/metrics.txt"; }
p999() { ask '/metrics/latency.hgrm?stage=total&loop=all&window=interval' | awk '$2 >= 0.999 && $1 + 0 > 0 { printf "%.0f", $1; exit }'; }

printf 'seconds\tconnections\tdeliveries\tp999_us\trss_kib\theap_kib\tdirect_kib\tbacklog_bytes\tdescriptors\tcpu_s\n' | tee "$out/soak.tsv"
started=$SECONDS
while kill -0 $swarm 2>/dev/null; do
  sleep "$every"
  ask /metrics >"$out/metrics.txt" || break
  printf '%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' $((SECONDS - started)) "$(metric heliograph_connections_open)" \
    "$(metric heliograph_deliveries_total)" "$(p999)" "$(awk '/VmRSS/ { print $2 }' "/proc/$pid/status")" \
    "$(($(metric 'jvm_memory_used_bytes[{]area="heap"') / 1024))" "$(($(metric 'jvm_buffer_memory_used_bytes') / 1024))" \
    "$(metric heliograph_backlog_bytes)" "$(find "/proc/$pid/fd" -mindepth 1 | wc -l)" \
    "$(awk '{ printf "%.1f", ($14 + $15) / 100 }' "/proc/$pid/stat")" | tee -a "$out/soak.tsv"
done
code=0
wait $swarm || code=$?
cat "$out/swarm.log"
exit $code
