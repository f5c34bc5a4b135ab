# shellcheck shell=bash
# For the scripts beside it, which source it: a gateway of their own, as a user starts it, on core 0 where there are two and taskset.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

pin() { # CORE COMMAND…: on that core, where there are two
  if command -v taskset >/dev/null && [ "$(nproc)" -ge 2 ]; then exec taskset -c "$@"; else shift && exec "$@"; fi
}

value() { sed "s/.*\"$1\":\"\{0,1\}\([^\",}]*\).*/\1/" <<<"$2"; } # of a key in flat JSON

# Starts it with one event loop and what else is in the environment; sets pid, url, token, admin_url, admin_token, and java: what it
# runs on, since the one on PATH may be too old.
start_gateway() { # FOLDER CONNECTIONS MORE OPTIONS OF demo…
  local folder=$1 connections=$2 access
  shift 2
  mkdir -p "$folder"
  rm -f "$folder/access.json"
  (
    export HELIOGRAPH_BUILD=never HELIOGRAPH_ADMIN_PORT=0 HELIOGRAPH_SERVER_EVENT_LOOPS=1 HELIOGRAPH_HOME=$folder/home
    export HELIOGRAPH_LIMITS_CONNECTIONS_MAX=$((2 * connections + 100))
    pin 0 "$root/heliograph" demo --json --port 0 "$@"
  ) >"$folder/access.json" 2>"$folder/gateway.log" &
  launcher=$!
  trap 'kill $launcher 2>/dev/null || true' EXIT
  for _ in $(seq 300); do [ ! -s "$folder/access.json" ] || break; sleep 0.1; done
  access=$(<"$folder/access.json")
  [ -n "$access" ] || { cat "$folder/gateway.log" >&2; exit 2; }
  pid=$(value pid "$access")
  java=$(readlink "/proc/$pid/exe")
  url=$(value url "${access%%\"admin\"*}") token=$(value token "${access%%\"admin\"*}")
  admin_url=$(value url "${access#*\"admin\"}") admin_token=$(value token "${access#*\"admin\"}")
}

stop_gateway() {
  kill "$launcher"
  wait "$launcher" || true
}
