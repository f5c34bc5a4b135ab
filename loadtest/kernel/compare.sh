#!/usr/bin/env bash
# Measures a running gateway's fan-out against the kernel's limit, in turn, and prints CPU per delivery as a ratio of medians.
# limit sends as many bytes per delivery as the gateway was seen to send, so that a wire format's envelope is not held against it.
#
#   compare.sh [--tls] [--channels N] [--out FILE] PID PORT --path PATH --sub TEXT --pubws TEXT
#   compare.sh [--tls] [--channels N] [--out FILE] PID PORT --proto pusher --app ID --key KEY --secret SECRET
#
#   --tls         the gateway is spoken to over TLS; limit stays plain, so the ratio holds what TLS costs
#   --channels N  subscribers and publications are spread over N channels, at both
#   --out FILE    the same as JSON, with every single run
#
#   SHAPES        subscribers:publications in flight:payload bytes …      (1000:1:128 1000:16:128 5000:16:128)
#   ROUNDS        of each shape, of which the medians are taken           (5)
#   SECONDS_EACH  seconds that are counted in each run                    (4)
#   WARMUP        seconds before the first run of each shape              (6)
#   CPU           of the client, -1: any; pin the gateway elsewhere       (1)
#   LIMIT_CPU     of limit; empty: any                                    (0)
#   KERNEL_BIN    folder for the programs                                 (~/.cache/heliograph-kernel)
#
# docs/BENCHMARKS.md says how to start the gateway and what the figures mean. Needs a C compiler and OpenSSL's headers.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
usage() { sed -n '2,/^# docs/{s/^# \{0,1\}//;p}' "$0" >&2; exit 2; }

tls=() channels=1 out=
while [ $# -gt 0 ]; do
  case $1 in
    --tls) tls=(--tls); shift ;;
    --channels) channels=${2:?}; shift 2 ;;
    --out) out=${2:?}; shift 2 ;;
    -h | --help) usage ;;
    *) break ;;
  esac
done
[ $# -ge 4 ] || usage
pid=$1 port=$2
shift 2

readonly rounds=${ROUNDS:-5} seconds=${SECONDS_EACH:-4} cpu=${CPU:-1}
bin=${KERNEL_BIN:-${XDG_CACHE_HOME:-$HOME/.cache}/heliograph-kernel}
"$here/build.sh" "$bin"

limit_port=$((20000 + RANDOM % 9000))
read -r -a limit_cpu <<<"${LIMIT_CPU-0}"
"$bin/limit" "$limit_port" ${limit_cpu[@]+"${limit_cpu[@]}"} &

limit=$!
trap 'kill $limit 2>/dev/null || true' EXIT
sleep 0.3
kill -0 $limit # it listens, or the line before told why not

field() { sed -n "s/.*\"$1\":\([0-9.]*\).*/\1/p"; }
median() { sort -n | awk '{ v[NR] = $1 } END { printf "%.3f", NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }
of() { printf '%s\n' "${@:2}" | field "$1" | median; } # the median of one field over several runs

gateway() { # MORE OPTIONS…
  "$bin/wsfan" --json --cpu "$cpu" ${tls[@]+"${tls[@]}"} --port "$port" --pid "$pid" --subs "$subs" --channels "$channels" \
    --window "$window" --size "$size" --seconds "$seconds" "$@"
}
floor() {
  "$bin/wsfan" --json --cpu "$cpu" --proto raw --port "$limit_port" --pid $limit --subs "$subs" --channels "$channels" \
    --window "$window" --size "$same" --seconds "$seconds" --warmup 1
}
header() { # how long a frame's header is on a wire where the whole frame has so many bytes
  if [ "$1" -gt 65545 ]; then echo 10; elif [ "$1" -gt 129 ]; then echo 4; else echo 2; fi
}
joined() { local IFS=,; printf '%s' "$*"; }

results=()
for shape in ${SHAPES:-1000:1:128 1000:16:128 5000:16:128}; do
  IFS=: read -r subs window size <<<"$shape"
  on_wire=$(gateway --warmup "${WARMUP:-6}" "$@" | field bytes_per_delivery)
  # raw puts the channel's number, up to three digits here, before the payload
  same=$((on_wire - $(header "$on_wire") - 1)) limits=() ours=()
  for round in $(seq "$rounds"); do
    limits+=("$(floor)")
    ours+=("$(gateway --warmup 1 "$@")")
    printf '  %s round %s: limit %s us, gateway %s us\n' "$shape" "$round" \
      "$(field server_cpu_us <<<"${limits[-1]}")" "$(field server_cpu_us <<<"${ours[-1]}")" >&2
  done
  a=$(of server_cpu_us "${limits[@]}") b=$(of server_cpu_us "${ours[@]}")
  ratio=$(awk "BEGIN { printf \"%.3f\", $b / $a }")
  printf 'subs=%s channels=%s inflight=%s payload=%s on_wire=%s limit_us=%s gateway_us=%s ratio_to_limit=%s\n' \
    "$subs" "$channels" "$window" "$size" "$on_wire" "$a" "$b" "$ratio"
  results+=("{\"subscribers\":$subs,\"channels\":$channels,\"inFlight\":$window,\"payloadBytes\":$size,\"wireBytes\":$on_wire,\
\"limitCpuMicros\":$a,\"gatewayCpuMicros\":$b,\"gatewayUserMicros\":$(of server_user_us "${ours[@]}"),\
\"gatewaySystemMicros\":$(of server_sys_us "${ours[@]}"),\"deliveriesPerSecond\":$(of deliveries_s "${ours[@]}"),\
\"ratio\":$ratio,\"limitRuns\":[$(joined "${limits[@]}")],\"gatewayRuns\":[$(joined "${ours[@]}")]}")
done

if [ -n "$out" ]; then
  mkdir -p "$(dirname "$out")"
  printf '{"name":"compare","startedAt":"%s","kernel":"%s","rounds":%s,"secondsEach":%s,"tls":%s,"fanOut":[%s]}\n' \
    "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$(uname -sr)" "$rounds" "$seconds" "$([ ${#tls[@]} -gt 0 ] && echo true || echo false)" \
    "$(joined "${results[@]}")" >"$out"
fi
