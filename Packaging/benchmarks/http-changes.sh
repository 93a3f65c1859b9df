# What changes cost in the agent, and what it costs at rest: sourced by http.sh.
# shellcheck shell=bash disable=SC2154

write_route() {
    cat <<CONF
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: changing, namespace: default}
spec:
  ingressClassName: linnet
  rules:
  - host: $1
    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}
CONF
}

# Until a host that a file brings is served, in microseconds.
change_once() {
    write_route "c-$1.bench.test" >"$work/route.new"
    ip netns exec "$client" taskset -c 1 "$work/http-client" change "10.98.${numbers[linnet]}.1" 80 "c-$1.bench.test" \
        "$work/route.new" "$work/manifests/route.yaml"
}

# The median and the longest of 20 changes, whose numbers begin with this one.
change_often() {
    local number
    for ((number = $1; number < $1 + 20; number++)); do change_once "$number"; done | sort -n |
        awk '{ v[NR] = $1 } END { printf "%d µs, %d at most", v[int((NR + 1) / 2)], v[NR] }'
}

# New routes while wrk asks for another one.
routes_under_load() {
    local loader
    load small "10.98.${numbers[linnet]}.1" >"$work/load" 2>&1 &
    loader=$!
    note "and under load after $(change_often 20)"
    wait "$loader"
    note "of $(awk '$1 == "result" { print $2 " requests " $3 }' "$work/load") failed meanwhile (0)"
}

# Changes of all endpoints 20 times a second, while wrk asks.
load_with_changes() {
    local changer one=10.98.${numbers[linnet]}.2 other=10.98.${numbers[linnet]}.3
    ip -n "$client" address add "$other/24" dev "eth${numbers[linnet]}"
    write_slice "$one" >"$work/slice.one"
    write_slice "$other" >"$work/slice.other"
    setpriv --pdeathsig KILL "$work/http-client" swap "$work/slice.one" "$work/slice.other" "$work/slice.next" \
        "$work/manifests/slice.yaml" &
    changer=$!
    load small "10.98.${numbers[linnet]}.1" >"$work/load" 2>&1
    kill "$changer" && wait "$changer" 2>/dev/null
    awk '$1 == "result"' "$work/load"
}

measure_changes() {
    local calm busy
    heading "Changes in the agent with 1,000 routes"
    start_all 1000 linnet
    # What reading the files took is given back once the snapshot is saved.
    pause 8
    note "a route is served after $(change_often 0), of 20 (< 50,000)"
    routes_under_load
    load small "10.98.${numbers[linnet]}.1" >"$work/load" 2>&1
    calm=$(awk '$1 == "result" { print $6 }' "$work/load")
    busy=$(load_with_changes)
    echo "$busy" | awk -v calm="$calm" '{
        printf "   all endpoints changed 20 times a second: %d of %d requests failed (0), p99 %d µs (%d without)\n",
            $3, $2, $6, calm }'
    stop_all
}

# All four capabilities, a hundred services and as many routes.
measure_rest() {
    local pids before after number
    start_all 100 linnet whole
    {
        for ((number = 0; number < 100; number++)); do
            printf -- '---\napiVersion: v1\nkind: Service\nmetadata: {name: s-%d, namespace: default}\n' "$number"
            printf 'spec: {clusterIPs: [10.43.1.%d], ports: [{name: http, port: 80}]}\n' "$((number + 1))"
            printf -- '---\napiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\naddressType: IPv4\n'
            printf 'metadata: {name: s-%d-a, namespace: default, labels: {kubernetes.io/service-name: s-%d}}\n' \
                "$number" "$number"
            printf 'ports: [{name: http, port: 8080}]\nendpoints: [{addresses: [10.42.0.%d]}]\n' "$((number + 1))"
        done
    } >"$work/services.yaml"
    mv "$work/services.yaml" "$work/manifests/services.yaml"
    pause 40
    mapfile -t pids < <(processes linnet)
    before=$(processor_time "${pids[@]}")
    pause 20
    after=$(processor_time "${pids[@]}")
    heading "The whole agent with 100 services and 100 routes, at rest"
    note "$(resident "${pids[@]}") MiB, $(echo "$before $after" | awk '{ printf "%.3f", ($3 - $1) / 20 / 1e4 }') % of a core"
    stop_all
}

# What a request on a kept connection asks the heap for.
measure_heap() {
    local before after requests
    clang -O2 -shared -fPIC -o "$work/heap-count.so" "$here/heap-count.c" || die "heap-count.c"
    HEAP_COUNT=$work/heap LD_PRELOAD=$work/heap-count.so start_all 1 linnet
    # The connections are made, and the buffers have grown, by the second time.
    load small "10.98.${numbers[linnet]}.1" >/dev/null 2>&1
    before=$(od -An -t u8 "$work/heap")
    requests=$(load small "10.98.${numbers[linnet]}.1" 2>&1 | awk '$1 == "result" { print $2 }')
    after=$(od -An -t u8 "$work/heap")
    heading "Heap"
    note "$(awk -v n="$((after - before))" -v r="$requests" 'BEGIN { printf "%.3f", n / r }') allocations a request (< 3)"
    stop_all
}
