#!/usr/bin/env bash
# Cluster DNS beside Knot DNS, Unbound and dnsmasq, all with the same 10,000 names. Run through `Packaging/bench dns`.
#
#   sudo Packaging/bench dns [ROUNDS] [SECONDS]
#
# Server and client in network namespaces of their own, each pinned to a processor. The servers take turns, ROUNDS (3) times
# SECONDS (3) with each mix of questions under dnsperf; printed are the medians: processor time of the server a query, and
# queries a second. The echo answers nothing: it is the floor of any server of datagrams. COREDNS=/path adds CoreDNS. Then
# comes what many services cost (dns-scale.sh); with 0 ROUNDS that alone.
set -uo pipefail
# shellcheck source=Packaging/lib/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib/common.sh"
# shellcheck source=Packaging/benchmarks/dns-scale.sh
. "$(dirname "${BASH_SOURCE[0]}")/dns-scale.sh"

: "${PROGRAMS:?run this through Packaging/bench dns}"
rounds=${1:-3}
seconds=${2:-3}
names=${NAMES:-10000}
space=linnet-bench-dns
client=$space-client
address=10.43.0.10
zone=svc.cluster.local
work=
declare -A servers=()

clean_up() {
    local pid
    for pid in "${servers[@]}"; do
        kill -KILL "$pid" 2>/dev/null
        wait "$pid" 2>/dev/null
    done
    remove_namespaces "$space"
    [ -z "$work" ] || rm -rf "$work"
}

make_namespaces() {
    ip netns add "$space"
    ip netns add "$client"
    ip -n "$space" link set lo up
    ip -n "$client" link set lo up
    ip -n "$space" link add eth0 type veth peer name eth0 netns "$client"
    ip -n "$space" address add 10.42.0.1/24 dev eth0
    ip -n "$space" address add 192.168.90.1/24 dev eth0
    ip -n "$client" address add 10.42.0.2/24 dev eth0
    ip -n "$space" link set eth0 up
    ip -n "$client" link set eth0 up
    ip -n "$client" route add default via 10.42.0.1
    ip -n "$space" route add default via 10.42.0.2
}

service_address() { echo "10.43.$(($1 / 250 + 1)).$(($1 % 250 + 1))"; }

# The same names for each: s-N.default in A and SRV.
write_data() {
    local number
    mkdir -p "$work/manifests" "$work/knot"
    {
        printf 'apiVersion: v1\nkind: Namespace\nmetadata: {name: default}\n'
        for ((number = 0; number < names; number++)); do
            printf -- '---\napiVersion: v1\nkind: Service\nmetadata: {name: s-%d, namespace: default}\n' "$number"
            printf 'spec: {clusterIPs: [%s], ports: [{name: http, port: 80}]}\n' "$(service_address "$number")"
        done
    } >"$work/manifests/services.yaml"
    {
        printf '%s. 5 SOA ns.%s. admin.%s. 1 7200 1800 86400 5\n%s. 5 NS ns.%s.\nns.%s. 5 A %s\n' \
            $zone $zone $zone $zone $zone $zone $address
        for ((number = 0; number < names; number++)); do
            printf 's-%d.default.%s. 5 A %s\n' "$number" $zone "$(service_address "$number")"
            printf '_http._tcp.s-%d.default.%s. 5 SRV 0 100 80 s-%d.default.%s.\n' "$number" $zone "$number" $zone
        done
    } >"$work/zone"
    awk '$2 == 5 && $3 == "A" { print "local-data: \"" $1 " 5 A " $4 "\"" }
         $3 == "SRV" { print "local-data: \"" $0 "\"" }' "$work/zone" >"$work/unbound.data"
    awk '$3 == "A" { sub(/\.$/, "", $1); print "host-record=" $1 "," $4 ",5" }
         $3 == "SRV" { sub(/\.$/, "", $1); sub(/\.$/, "", $7); print "srv-host=" $1 "," $7 ",80,0,100" }' \
        "$work/zone" >"$work/dnsmasq.data"
    for ((number = 0; number < names; number++)); do echo "s-$((number * 7919 % names)).default.$zone A"; done >"$work/a"
    sed 's/^s-/no-/' "$work/a" >"$work/nxdomain"
    sed 's/^s-/_http._tcp.s-/; s/A$/SRV/' "$work/a" >"$work/srv"
    echo "www.example.test A" >"$work/external"
}

# run NAME COMMAND…: on the first processor, in the server's namespace.
run() {
    local name=$1
    shift
    setpriv --pdeathsig KILL ip netns exec "$space" taskset -c 0 "$@" >"$work/log.$name" 2>&1 </dev/null &
    servers[$name]=$!
}

# shellcheck disable=SC2054  # the commas belong to the values
start_linnet() {
    echo "nameserver 10.42.0.2" >"$work/resolv.conf"
    # What names outside are asked of, for the first time only: after that they are remembered.
    ip netns exec "$client" dnsmasq --keep-in-foreground --no-resolv --no-hosts --bind-interfaces \
        --listen-address=10.42.0.2 --local-ttl=3600 --address=/www.example.test/192.0.2.7 >/dev/null 2>&1 &
    servers[upstream]=$!
    run linnet "$PROGRAMS/linnet" run --config /dev/null --node-name bench --node-ip 192.168.90.1 --flannel-backend none \
        --manifests "$work/manifests" --state-dir "$work/state" --run-dir "$work/run" --cni-conf-dir "$work/net.d" \
        --cni-bin-dir "$work/bin" --cni-state-dir "$work/networks" --resolv-conf "$work/resolv.conf" --log-format text
}
start_echo() { clang -O2 -o "$work/echo" "$(dirname "${BASH_SOURCE[0]}")/dns-echo.c" && run echo "$work/echo" $address; }
start_knot() {
    cat >"$work/knot.conf" <<CONF
server:
    listen: $address@53
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
    rundir: $work/knot
database:
    storage: $work/knot
zone:
  - domain: $zone
    file: $work/zone
    zonefile-sync: -1
    journal-content: none
CONF
    run knot knotd -c "$work/knot.conf"
}
start_unbound() {
    cat >"$work/unbound.conf" <<CONF
server:
    interface: $address
    access-control: 0.0.0.0/0 allow
    num-threads: 1
    do-daemonize: no
    username: ""
    chroot: ""
    directory: "$work"
    pidfile: ""
    use-syslog: no
    local-zone: "$zone." static
    include: $work/unbound.data
remote-control:
    control-enable: no
CONF
    run unbound unbound -d -c "$work/unbound.conf"
}
start_dnsmasq() {
    run dnsmasq dnsmasq --keep-in-foreground --no-resolv --no-hosts --bind-interfaces --listen-address=$address \
        --conf-file="$work/dnsmasq.data" --local=/cluster.local/ --user=root --pid-file
}
start_coredns() {
    printf '.:53 {\n    bind %s\n    file %s %s\n}\n' $address "$work/zone" $zone >"$work/Corefile"
    run coredns "$COREDNS" -conf "$work/Corefile"
}

stop_server() {
    local pid=${servers[$1]:-}
    [ -n "$pid" ] || return 0
    kill -KILL "$pid" 2>/dev/null
    wait "$pid" 2>/dev/null
    unset "servers[$1]"
}

answers() { ip netns exec "$client" dig @$address +tries=1 +time=1 +short "$@" | grep -q .; }

# Nanoseconds of processor time of a process and all its threads.
processor_time() { cat "/proc/$1/task"/*/schedstat 2>/dev/null | awk '{ n += $1 } END { printf "%.0f", n }'; }

# measure SERVER MIX: appends microseconds of processor time a query and queries a second.
measure() {
    local pid=${servers[$1]} before after completed rate
    before=$(processor_time "$pid")
    ip netns exec "$client" taskset -c 1 dnsperf -s $address -d "$work/$2" -l "$seconds" -c 4 -q 200 >"$work/dnsperf" 2>&1
    after=$(processor_time "$pid")
    completed=$(awk '/Queries completed:/ { print $3 }' "$work/dnsperf")
    rate=$(awk '/Queries per second:/ { printf "%.0f", $4 }' "$work/dnsperf")
    [ "${completed:-0}" -gt 0 ] || { cat "$work/dnsperf" "$work/log.$1" >&2; die "$1 answers nothing"; }
    awk -v t=$((after - before)) -v n="$completed" -v r="$rate" 'BEGIN { printf "%.3f %d\n", t / n / 1000, r }' \
        >>"$work/result.$1.$2"
}

median() { sort -n | awk '{ line[NR] = $1 } END { print line[int((NR + 1) / 2)] }'; }

one_turn() {
    local server=$1 mix
    ip -n "$space" address add $address/32 dev lo 2>/dev/null
    "start_$server"
    if [ "$server" = echo ]; then
        wait_until 10 ip netns exec "$space" sh -c 'ss -Hlun | grep -q ":53 "'
    else
        wait_until 30 answers "s-1.default.$zone" || { cat "$work/log.$server" >&2; die "$server does not answer"; }
    fi
    for mix in a nxdomain srv; do measure "$server" "$mix"; done
    if [ "$server" = linnet ]; then
        wait_until 10 answers www.example.test
        measure linnet external
    fi
    stop_server "$server"
    stop_server upstream
}

compare() {
    local kinds=(echo linnet knot unbound dnsmasq) round server mix cost rate knot
    [ -z "${COREDNS:-}" ] || kinds+=(coredns)
    heading "Cluster DNS: $names names, $rounds rounds of $seconds s"
    for ((round = 0; round < rounds; round++)); do
        for server in "${kinds[@]}"; do one_turn "$server"; done
    done
    printf '   %-10s %-9s %14s %10s %12s\n' server mix "µs a query" "to knot" "queries/s"
    for mix in a nxdomain srv external; do
        for server in "${kinds[@]}"; do
            [ -e "$work/result.$server.$mix" ] || continue
            cost=$(cut -d' ' -f1 "$work/result.$server.$mix" | median)
            rate=$(cut -d' ' -f2 "$work/result.$server.$mix" | median)
            knot=$(cut -d' ' -f1 "$work/result.knot.$mix" 2>/dev/null | median)
            [ -n "$knot" ] || knot=$(cut -d' ' -f1 "$work/result.knot.a" | median)
            printf '   %-10s %-9s %14s %10s %12s\n' "$server" "$mix" "$cost" \
                "$(awk -v a="$cost" -v b="$knot" 'BEGIN { printf "%.2f", a / b }')" "$rate"
        done
    done
    note "aims: A at most 0.8 of Knot and 1.15 of the echo; a remembered external name at most 1.2 of A"
}

install_packages bind9-dnsutils dnsmasq-base dnsperf iproute2 knot procps unbound util-linux
remove_namespaces "$space"
work=$(mktemp -d /tmp/linnet-bench.XXXXXX)
trap clean_up EXIT
trap 'exit 130' INT TERM HUP
make_namespaces
write_data
[ "$rounds" -eq 0 ] || compare
measure_scale
