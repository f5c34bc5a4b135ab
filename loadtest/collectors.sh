#!/usr/bin/env bash
# Which collector: a soak with each in turn, and of each how late deliveries are, what they cost, and what memory it takes. Half load on one channel, and
# events through the whole pipeline beside it, which is what makes garbage.
#
#   loadtest/collectors.sh [MINUTES]    (10; of each)
#
#   COLLECTORS    as in -XX:+Use…GC                         (Serial Parallel G1 Z)
#   POSTS         Segment events a second                   (1000)
#   OUT           a folder for each                         (loadtest/target/collectors)
#   SUBSCRIBERS, RATE, EVERY: see soak.sh, which also says what to build before
#
# Exit code 1 if anything was lost, repeated or misplaced.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
minutes=${1:-10} out=${OUT:-$here/target/collectors} options=${HELIOGRAPH_JAVA_OPTS:-} code=0
export POSTS=${POSTS:-1000}

latency() { # FOLDER KEY, in microseconds, from when a publication was due to when its frame was read
  awk -v key="\"$2\"" '/"delivery"/ { here = 1 } here && $1 == key { gsub(/[^0-9]/, "", $3); print $3; exit }' "$1/soak.json"
}

summary() { # FOLDER: CPU per delivery and per second over all looks but the first, and the most memory
  awk -F '\t' 'NR == 3 { deliveries = $3; cpu = $10; at = $1 } NR >= 3 { if ($5 > rss) rss = $5; d = $3; c = $10; t = $1 }
    END { if (d > deliveries) printf "%.2f\t%.2f\t%.0f", (c - cpu) * 1e6 / (d - deliveries), (c - cpu) / (t - at), rss / 1024 }' "$1/soak.tsv"
}

rm -rf "$out"
for collector in ${COLLECTORS:-Serial Parallel G1 Z}; do
  printf '%s, %s min\n' "$collector" "$minutes" >&2
  mkdir -p "$out/$collector"
  HELIOGRAPH_JAVA_OPTS="$options -XX:+Use${collector}GC" OUT=$out/$collector "$here/soak.sh" "$minutes" >"$out/$collector/soak.log" 2>&1 || code=1
done

printf 'collector\tminutes\tp50 us\tp99 us\tp99.9 us\tmax us\tCPU us per delivery\tCPUs\tRSS max MiB\n' | tee "$out/collectors.tsv"
for collector in ${COLLECTORS:-Serial Parallel G1 Z}; do
  printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$collector" "$minutes" "$(latency "$out/$collector" p50)" "$(latency "$out/$collector" p99)" \
    "$(latency "$out/$collector" p999)" "$(latency "$out/$collector" max)" "$(summary "$out/$collector")"
done | tee -a "$out/collectors.tsv"
exit $code
