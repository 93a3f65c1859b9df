#!/usr/bin/env bash
# Services of three endpoints each in one agent, beside the layout of kube-proxy. Run through `Packaging/bench services`.
set -uo pipefail
# shellcheck source=Packaging/lib/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib/common.sh"

: "${PROGRAMS:?run this through Packaging/bench services}"
space=linnet-bench-services
pods=linnet-bench-pods
read -ra sizes <<<"${SIZES:-1000 5000 10000 20000}"
changes=${CHANGES:-20}
work=
agent=
server=

clean_up() {
    local pid
    for pid in $agent $server; do
        kill -KILL "$pid" 2>/dev/null
        wait "$pid" 2>/dev/null
    done
    remove_namespace "$space"
    remove_namespace "$pods"
    [ -z "$work" ] || rm -rf "$work"
}

inside() { ip netns exec "$space" "$@"; }

# The node, and behind it one place that answers for every pod.
make_namespaces() {
    ip netns add "$space"
    ip netns add "$pods"
    ip -n "$space" link set lo up
    ip -n "$pods" link set lo up
    ip -n "$space" link add eth0 type veth peer name eth0 netns "$pods"
    ip -n "$space" link set eth0 up
    ip -n "$pods" link set eth0 up
    ip -n "$space" address add 172.20.0.1/24 dev eth0
    ip -n "$pods" address add 172.20.0.2/24 dev eth0
    ip -n "$space" route add default via 172.20.0.2
    ip -n "$pods" route add local 10.64.0.0/10 dev lo
    setpriv --pdeathsig KILL ip netns exec "$pods" python3 -c '
import socket
server = socket.create_server(("", 8080), backlog=4096)
while True:
    server.accept()[0].close()' &
    server=$!
}

# write_service NUMBER FIRST-ENDPOINT: one service with three endpoints.
write_service() {
    awk -v s="$1" -v first="$2" "$service_text"' BEGIN { service(s, first) }'
}

# shellcheck disable=SC2016  # awk's own variables
service_text='function service(s, first,    e, n) {
    printf "---\napiVersion: v1\nkind: Service\nmetadata: {name: s-%d, namespace: default}\n", s
    printf "spec: {clusterIPs: [10.43.%d.%d], ports: [{name: http, port: 80}]}\n", s / 250, s % 250 + 1
    printf "---\napiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\naddressType: IPv4\n"
    printf "metadata: {name: s-%d-a, namespace: default, labels: {kubernetes.io/service-name: s-%d}}\n", s, s
    printf "ports: [{name: http, port: 8080}]\nendpoints:\n"
    for (e = 0; e < 3; e++) {
        n = first + e
        printf "- {addresses: [10.%d.%d.%d], nodeName: other}\n", 64 + n / 62500, n / 250 % 250, n % 250 + 1
    }
}'

write_services() {
    local folder=$1 count=$2
    rm -rf "$folder"
    mkdir -p "$folder"
    # A thousand to a file: a file of a million values is taken for a mistake.
    awk -v count="$count" -v folder="$folder" "$service_text"'
        BEGIN { for (s = 0; s < count; s++) { if (s % 1000 == 0) print "# " s; service(s, 3 * s) } }' |
        csplit -s -z -f "$folder/services-" -b '%03d.yaml' - '/^# /' '{*}'
}

# The same services as kube-proxy writes them in its nftables mode: a chain and a map for each.
write_kube_proxy() {
    awk -v count="$1" 'BEGIN {
        print "table ip kube-proxy {"
        print " map service-ips { type ipv4_addr . inet_proto . inet_service : verdict; }"
        print " chain services { ip daddr . meta l4proto . th dport vmap @service-ips; }"
        print " chain nat-prerouting { type nat hook prerouting priority -100; jump services; }"
        for (s = 0; s < count; s++) {
            printf " chain service-%d { meta l4proto tcp dnat ip to numgen random mod 3 map { ", s
            for (e = 0; e < 3; e++) {
                n = 3 * s + e
                printf "%s%d : 10.%d.%d.%d . 8080", e ? ", " : "", e, 64 + n / 62500, n / 250 % 250, n % 250 + 1
            }
            print " }; }"
        }
        print "}"
        for (s = 0; s < count; s++)
            printf "add element ip kube-proxy service-ips { 10.43.%d.%d . tcp . 80 : goto service-%d }\n", s / 250, s % 250 + 1, s
    }'
}

agent_flags=()
start_agent() {
    # shellcheck disable=SC2054  # the commas belong to the values
    agent_flags=(
        --config /dev/null --node-name bench --node-ip 172.20.0.1 --flannel-backend none --disable coredns
        --manifests "$work/manifests" --state-dir "$work/state" --run-dir "$work/run" --subnet-file "$work/subnet.env"
        --cni-conf-dir "$work/net.d" --cni-bin-dir "$work/bin" --cni-state-dir "$work/networks"
        --cluster-cidr 10.64.0.0/10 --service-cidr 10.43.0.0/16 --log-format text --log-level info "$@"
    )
    setpriv --pdeathsig KILL ip netns exec "$space" "$PROGRAMS/linnet" run "${agent_flags[@]}" \
        >>"$work/log" 2>&1 </dev/null &
    agent=$!
}

stop_agent() {
    kill -TERM "$agent" && wait "$agent"
    agent=
}

metric() { inside curl -s --max-time 5 http://127.0.0.1:9477/metrics | awk -v name="$1" '$1 == name { print $2 }'; }
serves() { [ "$(metric linnet_services_served)" = "$1" ]; }
passed() { [ "$(metric linnet_services_passes_total)" != "$1" ]; }
processor() { awk '{ print ($14 + $15) * 10 }' "/proc/$agent/stat"; }
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
milliseconds() { awk -v s="$1" 'BEGIN { printf "%.2f\n", s * 1000 }'; }

# How long the pass took, in milliseconds, that follows a command.
pass_after() {
    local passes
    passes=$(metric linnet_services_passes_total)
    "$@"
    wait_until 20 passed "$passes" || die "no pass came after a change"
    milliseconds "$(metric linnet_services_reconcile_seconds)"
}

put() {
    mv "$1" "$2"
}

add_one() {
    write_service "$1" "$((3 * $1))" >"$work/new.yaml"
    pass_after put "$work/new.yaml" "$work/manifests/added-$1.yaml"
}

swap_one() {
    write_service "$1" "$2" >"$work/new.yaml"
    pass_after put "$work/new.yaml" "$work/manifests/swapped.yaml"
}

row() { printf '   %-52s' "$1"; shift; printf ' %10s' "$@"; printf '\n'; }

measure() {
    local size=$1 start index first
    write_services "$work/manifests" "$size"
    write_service "$((size + 900))" 0 >"$work/manifests/swapped.yaml"
    rm -f "$work/state/snapshot"
    inside nft flush ruleset
    start=${EPOCHREALTIME/./}
    start_agent
    wait_until 120 serves $((size + 1)) || { cat "$work/log" >&2; die "the services do not come"; }
    started+=("$(((${EPOCHREALTIME/./} - start) / 1000))")
    first=$(metric linnet_services_reconcile_seconds_total)
    loaded+=("$(milliseconds "$first")")
    # What reading the files took is given back once the snapshot is saved.
    pause 8
    resident+=("$(awk '/^VmRSS/ { printf "%.1f", $2 / 1024 }' "/proc/$agent/status")")
    added+=("$(for ((index = 0; index < changes; index++)); do add_one $((size + index)); done | median)")
    swapped+=("$(for ((index = 1; index <= changes; index++)); do swap_one $((size + 900)) "$index"; done | median)")
    used+=("$(($(processor)))")
    latency+=("$(inside "$work/client" connect "$size" 2000)") || die "a service does not answer"
    stop_agent
    start_agent --audit-interval 1s
    wait_until 120 serves $((size + 1 + changes)) || die "the services do not come again"
    silence+=("$(inside timeout 3.5 nft monitor 2>/dev/null | grep -vc '^# new generation')")
    stop_agent
    inside nft flush ruleset
    write_kube_proxy "$size" >"$work/kube-proxy.nft"
    start=${EPOCHREALTIME/./}
    inside timeout 300 nft -f "$work/kube-proxy.nft" || die "nft refuses kube-proxy's layout"
    rival+=("$(((${EPOCHREALTIME/./} - start) / 1000))")
    start=${EPOCHREALTIME/./}
    inside nft -f - <<<"
        add chain ip kube-proxy service-new
        add rule ip kube-proxy service-new meta l4proto tcp dnat ip to numgen random mod 3 map { 0 : 10.64.0.1 . 80, 1 : 10.64.0.2 . 80, 2 : 10.64.0.3 . 80 }
        add element ip kube-proxy service-ips { 10.43.250.1 . tcp . 80 : goto service-new }"
    rival_added+=("$(((${EPOCHREALTIME/./} - start) / 1000))")
    inside nft flush ruleset
}

trap clean_up EXIT
trap 'exit 130' INT TERM
install_packages nftables iproute2 curl clang python3-minimal
work=$(mktemp -d /tmp/linnet-bench-services.XXXXXX)
mkdir -p "$work/manifests"
clang -O2 -o "$work/client" "$(dirname "${BASH_SOURCE[0]}")/services-client.c" || die "services-client.c"
make_namespaces
started=() loaded=() resident=() added=() swapped=() used=() latency=() silence=() rival=() rival_added=()

heading "Waiting until the agent serves what kube-proxy would: it looks for 30 s whether there is one"
write_service 1 1 >"$work/manifests/one.yaml"
start_agent
wait_until 60 serves 1 || { cat "$work/log" >&2; die "the agent serves nothing"; }
stop_agent
for size in "${sizes[@]}"; do
    note "$size services"
    measure "$size"
done

heading "Services of three endpoints, milliseconds"
row "services" "${sizes[@]}"
row "planned and put into an empty table (10,000: < 200)" "${loaded[@]}"
row "kube-proxy's layout by nft -f" "${rival[@]}"
row "one service more (< 2)" "${added[@]}"
row "the same with kube-proxy's layout" "${rival_added[@]}"
row "one endpoint swapped (< 2)" "${swapped[@]}"
row "start of the agent to the last element, manifests read" "${started[@]}"
row "events of nf_tables in 3 s of audits (0)" "${silence[@]}"
row "first packet answered after µs, median (flat)" "${latency[@]%% *}"
row "the same, 99th percentile" "${latency[@]##* }"
row "resident memory, MiB" "${resident[@]}"
row "processor time for all of it, ms" "${used[@]}"
