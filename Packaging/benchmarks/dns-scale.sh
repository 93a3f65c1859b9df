# What many services cost cluster DNS, and what a change among them costs. Sourced by dns.sh, whose namespaces it uses.

scale_services=${SERVICES:-10000}
scale_endpoints=${ENDPOINTS:-10}

# Services of ten endpoints each, and one that will change, in a file of its own.
write_scale_data() {
    local folder=$1
    mkdir -p "$folder"
    # A thousand to a file: a file of a million values is taken for a mistake.
    awk -v services="$scale_services" -v endpoints="$scale_endpoints" -v folder="$folder" 'BEGIN {
        for (s = 0; s < services; s++) {
            file = folder "/services-" int(s / 1000) ".yaml"
            printf "---\napiVersion: v1\nkind: Service\nmetadata: {name: s-%d, namespace: default}\n", s >file
            printf "spec: {clusterIPs: [10.43.%d.%d], ports: [{name: http, port: 80}]}\n", s / 250 + 1, s % 250 + 1 >file
            printf "---\napiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\naddressType: IPv4\n" >file
            printf "metadata: {name: s-%d-a, namespace: default, labels: {kubernetes.io/service-name: s-%d}}\n", s, s >file
            printf "ports: [{name: http, port: 8080}]\nendpoints:\n" >file
            for (e = 0; e < endpoints; e++) {
                n = s * endpoints + e
                address = sprintf("10.%d.%d.%d", 64 + n / 62500, n / 250 % 250, n % 250 + 1)
                printf "- {addresses: [%s], conditions: {ready: true}}\n", address >file
            }
        }
    }'
}

write_changing_service() {
    printf 'apiVersion: v1\nkind: Service\nmetadata: {name: changing, namespace: default}\n' >"$2"
    printf 'spec: {clusterIPs: [10.43.200.%d], ports: [{name: http, port: 80}]}\n' "$1" >>"$2"
}

resident() { awk '/^VmRSS/ { printf "%.1f", $2 / 1024 }' "/proc/${servers[linnet]}/status"; }

# The agent with the objects of a folder, once it answers for the service that changes.
start_scale() {
    local folder=$1
    rm -rf "$work/manifests"
    mkdir -p "$work/manifests"
    [ -z "$folder" ] || cp "$folder"/* "$work/manifests/"
    write_changing_service 1 "$work/manifests/changing.yaml"
    printf 'apiVersion: v1\nkind: Namespace\nmetadata: {name: default}\n' >"$work/manifests/namespace.yaml"
    rm -rf "$work/state"
    ip -n "$space" address add $address/32 dev lo 2>/dev/null
    start_linnet
    wait_until 60 answers "changing.default.$zone" || { cat "$work/log.linnet" >&2; die "linnet does not answer"; }
    # What reading the files took is given back once the snapshot is saved.
    pause 8
}

stop_scale() {
    stop_server linnet
    stop_server upstream
}

change_once() {
    write_changing_service $((2 + $1 % 250)) "$work/changing.new"
    ip netns exec "$client" taskset -c 1 "$work/client" change $address "changing.default.$zone" \
        "$work/changing.new" "$work/manifests/changing.yaml"
}

# Percentiles of a client that always waits for 100 answers, while a file comes to a path every 50 ms.
load_with_changes() {
    local changer result
    setpriv --pdeathsig KILL "$work/client" swap "$work/one" "$work/other" "$work/changing.next" "$1" &
    changer=$!
    result=$(ip netns exec "$client" taskset -c 1 "$work/client" latency $address 5 100 \
        "s-1.default.$zone" "s-77.default.$zone" "s-4711.default.$zone" "no.default.$zone")
    kill "$changer" && wait "$changer" 2>/dev/null
    echo "$result"
}

measure_scale() {
    local number empty many calm busy
    clang -O2 -o "$work/client" "$(dirname "${BASH_SOURCE[0]}")/dns-client.c" || die "dns-client.c"
    write_scale_data "$work/scale"
    start_scale ""
    empty=$(resident)
    stop_scale
    start_scale "$work/scale"
    many=$(resident)
    row() { printf '   %-62s %14s   %s\n' "$@"; }
    heading "Cluster DNS among $scale_services services and $((scale_services * scale_endpoints)) endpoints"
    row "resident memory more than without them" "$(awk -v a="$many" -v b="$empty" 'BEGIN { printf "%.1f", a - b }') MiB" "<= 60 MiB"
    for ((number = 0; number < 50; number++)); do change_once "$number" || die "no changed answer"; done >"$work/changes"
    row "one service changed, file to answer, median of 50" "$(median <"$work/changes") µs" "< 5 ms"
    row "the slowest of them" "$(sort -n "$work/changes" | tail -n 1) µs" ""
    write_changing_service 1 "$work/one"
    write_changing_service 2 "$work/other"
    # The same changes both times, first where the agent does not look.
    calm=$(load_with_changes "$work/unread")
    busy=$(load_with_changes "$work/manifests/changing.yaml")
    row "99th percentile under full load ($(cut -d' ' -f3 <<<"$calm") a second)" "$(cut -d' ' -f2 <<<"$calm") µs" ""
    row "and with 20 changes a second ($(cut -d' ' -f3 <<<"$busy") a second)" "$(cut -d' ' -f2 <<<"$busy") µs" "<= twice that"
    stop_scale
}
