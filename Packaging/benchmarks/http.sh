#!/usr/bin/env bash
# The ingress beside nginx, HAProxy, Caddy and Envoy, all with the same routes. Run through `Packaging/bench http`.
#
#   sudo Packaging/bench http [ROUNDS] [SECONDS]
#
# Each proxy is in a network namespace of its own and on the first processor; wrk or h2load and the backend share the second
# one, and one namespace. All proxies run at once and take turns, ROUNDS (3) times SECONDS (3) with each case. Printed are
# medians: processor time of all processes of a proxy for a request, in microseconds, and what of it was outside the kernel;
# the ratio to nginx, taken in each round; requests a second, which the second processor bounds where a proxy is cheap;
# latency in microseconds.
#
#   CASES     small (30 octets), large (10 KiB), post (10 KiB), close (a connection a request), tls, tls-close (a whole
#             handshake a request), http2, routes (1,000), log (as small, with an access log as nginx and the agent write it
#             to a file), idle (10,000 connections), slow (1,000 heads that never end), and of the agent alone heap
#             (allocations), changes (of routes and endpoints) and rest (all capabilities)
#   PEERS     nginx haproxy caddy envoy linnet, and traefik where TRAEFIK is its program
#   CACHE     where Caddy and Envoy are installed, /var/cache/linnet-bench
set -uo pipefail
# shellcheck source=Packaging/lib/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib/common.sh"
# shellcheck source=Packaging/benchmarks/http-peers.sh
. "$(dirname "${BASH_SOURCE[0]}")/http-peers.sh"
# shellcheck source=Packaging/benchmarks/http-changes.sh
. "$(dirname "${BASH_SOURCE[0]}")/http-changes.sh"

: "${PROGRAMS:?run this through Packaging/bench http}"
rounds=${1:-3}
seconds=${2:-3}
read -ra cases <<<"${CASES:-small large post close tls tls-close http2 routes log idle slow heap changes rest}"
read -ra peers <<<"${PEERS:-nginx haproxy caddy envoy linnet ${TRAEFIK:+traefik}}"
connections=64
space=linnet-bench-http
client=$space-client
host=h-0.bench.test
here=$(dirname "${BASH_SOURCE[0]}")
work=
backend=
declare -A servers=() numbers=()

clean_up() {
    stop_all
    [ -z "$backend" ] || { kill -KILL "$backend" 2>/dev/null; wait "$backend" 2>/dev/null; }
    remove_namespaces "$space"
    [ -z "$work" ] || rm -rf "$work"
}

# A proxy's own address is .1, and .2 the client's and the backend's.
make_namespaces() {
    local number=0 peer
    ip netns add "$client"
    ip -n "$client" link set lo up
    # A connection a request uses up many ports.
    ip netns exec "$client" sysctl -qw net.ipv4.ip_local_port_range="1024 65000"
    for peer in "${peers[@]}"; do
        number=$((number + 1))
        numbers[$peer]=$number
        ip netns add "$space-$peer"
        ip -n "$space-$peer" link set lo up
        ip -n "$space-$peer" link add eth0 type veth peer name "eth$number" netns "$client"
        ip -n "$space-$peer" address add "10.98.$number.1/24" dev eth0
        ip -n "$client" address add "10.98.$number.2/24" dev "eth$number"
        ip -n "$space-$peer" link set eth0 up
        ip -n "$client" link set "eth$number" up
        ip -n "$space-$peer" route add default via "10.98.$number.2"
    done
}

# run NAME COMMAND…: on the first processor, in the proxy's namespace.
run() {
    local name=$1
    shift
    setpriv --pdeathsig KILL ip netns exec "$space-$name" taskset -c 0 "$@" \
        >"$work/log.$name" 2>&1 </dev/null &
    servers[$name]=$!
}

fetch() { ip netns exec "$client" curl -sf --max-time 2 -o /dev/null -H "Host: $host" "http://10.98.${numbers[$1]}.1/"; }

# start_all ROUTES [PEERS [WORD]]: these proxies or all of them. `logged` has them write access logs, `whole` the agent do all
# that it can.
start_all() {
    local peer
    for peer in ${2:-"${peers[@]}"}; do
        "start_$peer" "10.98.${numbers[$peer]}.1" "10.98.${numbers[$peer]}.2" "$1" "${3:-}"
        wait_until 60 fetch "$peer" || { tail -n 20 "$work/log.$peer" >&2; die "$peer does not answer"; }
    done
}

# The worker of nginx is a child: whatever runs in the namespace is the proxy.
processes() { ip netns pids "$space-$1"; }

stop_all() {
    local peer pid
    for peer in "${!servers[@]}"; do
        for pid in $(processes "$peer" 2>/dev/null); do kill -KILL "$pid" 2>/dev/null; done
        wait "${servers[$peer]}" 2>/dev/null
    done
    servers=()
}

# Processor time of processes: all of it, and that outside the kernel, in microseconds.
processor_time() {
    local pid
    for pid in "$@"; do cat "/proc/$pid/stat"; done |
        awk '{ sub(/.*\) /, ""); user += $12; all += $12 + $13 } END { printf "%d %d\n", all * 10000, user * 10000 }'
}

resident() {
    local pid
    for pid in "$@"; do cat "/proc/$pid/status"; done | awk '/^VmRSS/ { n += $2 } END { printf "%.1f", n / 1024 }'
}

# load CASE ADDRESS: the last line is what http.lua says.
load() {
    local wrk=(wrk -t 1 -c "$connections" -d "$seconds" -s "$here/http.lua" -H "Host: $host")
    local pinned=(ip netns exec "$client" taskset -c 1)
    case "$1" in
        small | log) "${pinned[@]}" "${wrk[@]}" "http://$2/" ;;
        large) "${pinned[@]}" "${wrk[@]}" "http://$2/10k" ;;
        post) "${pinned[@]}" "${wrk[@]}" "http://$2/" -- post 10240 ;;
        close) "${pinned[@]}" "${wrk[@]}" -H "Connection: close" "http://$2/" ;;
        tls) "${pinned[@]}" "${wrk[@]}" "https://$2/" ;;
        tls-close) "${pinned[@]}" "${wrk[@]}" -H "Connection: close" "https://$2/" ;;
        routes) "${pinned[@]}" "${wrk[@]}" "http://$2/" -- hosts 1000 ;;
        http2)
            "${pinned[@]}" h2load -c 16 -m 4 -D "$seconds" --log-file="$work/h2load.log" --connect-to="$2:443" \
                "https://$host/" | awk '/^requests:/ { print $8, $10 + $12 + $14, 0 }' >"$work/h2load.sum"
            awk '{ print $3 }' "$work/h2load.log" | sort -n |
                awk -v s="$seconds" -v sum="$(cat "$work/h2load.sum")" \
                    '{ v[NR] = $1 } END { split(sum, n, " "); print "result", n[1], n[2], s * 1e6, v[int(NR / 2)], v[int(NR * 0.99)] }'
            rm -f "$work/h2load.log"
            ;;
    esac
}

# measure PEER CASE: appends cost, cost outside the kernel, rate, latency of the median and the 99th percentile, memory, and
# how many requests failed, of how many.
measure() {
    local pids before after result
    mapfile -t pids < <(processes "$1")
    before=$(processor_time "${pids[@]}")
    load "$2" "10.98.${numbers[$1]}.1" >"$work/load" 2>&1
    after=$(processor_time "${pids[@]}")
    result=$(awk '$1 == "result"' "$work/load")
    if [ -z "$result" ] || [ "$(echo "$result" | awk '{ print $2 + 0 }')" -eq 0 ]; then
        cat "$work/load" >&2
        note "$1 answers nothing of $2"
        return
    fi
    echo "$before $after $(resident "${pids[@]}") $result" |
        awk '{ printf "%.2f %.2f %.0f %d %d %s %d %d\n",
               ($3 - $1) / $7, ($4 - $2) / $7, $7 / $9 * 1e6, $10, $11, $5, $8, $7 }' >>"$work/result.$2.$1"
}

median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
column() { cut -d' ' -f"$1" "$work/result.$2.$3" | median; }

# The median of the rounds' ratios.
ratio() {
    [ -e "$work/result.$1.nginx" ] || { echo -; return; }
    paste -d' ' <(cut -d' ' -f1 "$work/result.$1.$2") <(cut -d' ' -f1 "$work/result.$1.nginx") |
        awk '{ printf "%.3f\n", $1 / $2 }' | median
}

report() {
    local peer failed
    for peer in "${peers[@]}"; do
        [ -e "$work/result.$1.$peer" ] || continue
        failed=$(awk '{ n += $7 } END { print n + 0 }' "$work/result.$1.$peer")
        printf '   %-10s %-9s %8s %7s %9s %10s %8s %8s %7s%s\n' "$1" "$peer" "$(column 1 "$1" "$peer")" \
            "$(column 2 "$1" "$peer")" "$(ratio "$1" "$peer")" "$(column 3 "$1" "$peer")" "$(column 4 "$1" "$peer")" \
            "$(column 5 "$1" "$peer")" "$(column 6 "$1" "$peer")" "$([ "$failed" -eq 0 ] || echo "  $failed failed")"
    done
}

compare() {
    local round peer kind
    for ((round = 0; round < rounds; round++)); do
        for kind in "$@"; do
            for peer in "${peers[@]}"; do measure "$peer" "$kind"; done
        done
    done
}

# What an access log costs those who write one to a file by themselves, and how much of it is there: the agent leaves out
# what cannot be written in time, and says so.
compare_logs() {
    local peers=() peer
    for peer in nginx linnet; do [ -z "${numbers[$peer]:-}" ] || peers+=("$peer"); done
    start_all 1 "${peers[*]}" logged
    compare log
    stop_all
}

report_logs() {
    local peer
    for peer in nginx linnet; do
        [ -e "$work/result.log.$peer" ] || continue
        note "$peer wrote $(grep -cF "10.98.${numbers[$peer]}.2" "$work/log.$peer") lines for" \
            "$(awk '{ n += $8 } END { print n }' "$work/result.log.$peer") requests"
    done
}

# crowd PEER KIND COUNT SECONDS: what many connections cost while they do next to nothing.
crowd() {
    local pids before after empty full
    mapfile -t pids < <(processes "$1")
    empty=$(resident "${pids[@]}")
    ip netns exec "$client" taskset -c 1 "$work/http-client" "$2" "10.98.${numbers[$1]}.1" 80 "$3" "$4" $host \
        >"$work/crowd" 2>&1 &
    local crowd=$!
    wait_until 60 grep -q open "$work/crowd" || { cat "$work/crowd" >&2; die "$1 takes no $3 connections"; }
    before=$(processor_time "${pids[@]}")
    pause "$(($4 - 2))"
    after=$(processor_time "${pids[@]}")
    full=$(resident "${pids[@]}")
    wait "$crowd"
    printf '   %-10s %-9s %8s %9s %9s %12s %8s\n' "$2" "$1" "$empty" "$full" \
        "$(awk -v a="$empty" -v b="$full" -v n="$3" 'BEGIN { printf "%.1f", (b - a) * 1024 / n }')" \
        "$(echo "$before $after" | awk -v s="$(($4 - 2))" '{ printf "%.2f", ($3 - $1) / s / 1e4 }')" \
        "$(awk '$1 == "left" { print $2 }' "$work/crowd")"
}

crowds() {
    local peer kind
    heading "Many connections: MiB before and with them, processor in per cent, connections left after"
    printf '   %-10s %-9s %8s %9s %9s %12s %8s\n' case proxy before with "KiB each" "% of a core" left
    for kind in "$@"; do
        for peer in "${peers[@]}"; do
            case "$kind" in
                idle) crowd "$peer" idle 10000 10 ;;
                slow) crowd "$peer" slow 1000 16 ;;
            esac
        done
    done
}

install_packages clang curl haproxy iproute2 nghttp2-client nginx-light openssl procps python3-venv util-linux wrk
remove_namespaces "$space"
work=$(mktemp -d /tmp/linnet-bench.XXXXXX)
# The workers of nginx are nobody's.
chmod 755 "$work"
# All of 10,000 connections are in one process, and come from one address, which may have a quarter of what linnet takes: as
# many descriptors as linnet.service gives are wanted, and some 80,000 needed.
ulimit -n 1048576 2>/dev/null || ulimit -n "$(ulimit -Hn)"
trap clean_up EXIT
trap 'exit 130' INT TERM HUP
install_peers
write_certificate
for program in http-backend http-client; do clang -O2 -o "$work/$program" "$here/$program.c" || die "$program.c"; done
make_namespaces
setpriv --pdeathsig KILL ip netns exec "$client" taskset -c 1 "$work/http-backend" 8080 &
backend=$!

few=() many=() logged=() crowded=() own=()
for kind in "${cases[@]}"; do
    case "$kind" in
        routes) many+=("$kind") ;;
        log) logged+=("$kind") ;;
        idle | slow) crowded+=("$kind") ;;
        heap | changes | rest) own+=("measure_$kind") ;;
        *) few+=("$kind") ;;
    esac
done
heading "HTTP: $rounds rounds of $seconds s, $connections connections"
if [ ${#few[@]} -gt 0 ]; then
    start_all 1
    compare "${few[@]}"
    stop_all
fi
if [ ${#many[@]} -gt 0 ]; then
    start_all 1000
    compare "${many[@]}"
    stop_all
fi
[ ${#logged[@]} -eq 0 ] || compare_logs
if [ ${#few[@]} -gt 0 ] || [ ${#many[@]} -gt 0 ] || [ ${#logged[@]} -gt 0 ]; then
    printf '   %-10s %-9s %8s %7s %9s %10s %8s %8s %7s\n' case proxy "µs" user "to nginx" "requests/s" p50 p99 MiB
    for kind in "${few[@]}" "${many[@]}" "${logged[@]}"; do report "$kind"; done
    report_logs
    note "aims: small at most 1.0 of nginx, 0.85 the goal, and a quarter of Caddy"
fi
if [ ${#crowded[@]} -gt 0 ]; then
    start_all 1
    crowds "${crowded[@]}"
    stop_all
fi
if [ -n "${numbers[linnet]:-}" ]; then
    for kind in "${own[@]}"; do "$kind"; done
fi
