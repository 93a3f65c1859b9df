#!/usr/bin/env bash
# One real agent among 1,000 Node manifests, in a network namespace. Run through `Packaging/bench overlay`.
set -uo pipefail
# shellcheck source=Packaging/lib/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib/common.sh"

: "${PROGRAMS:?run this through Packaging/bench overlay}"
space=linnet-bench-overlay
peer=linnet-bench-lan
nodes=${NODES:-1000}
idle_seconds=${IDLE_SECONDS:-30}
work=
agent=
watchers=()

clean_up() {
    local pid
    for pid in $agent "${watchers[@]}"; do
        kill -KILL "$pid" 2>/dev/null
        wait "$pid" 2>/dev/null
    done
    remove_namespace "$space"
    remove_namespace "$peer"
    [ -z "$work" ] || rm -rf "$work"
}

inside() { ip netns exec "$space" "$@"; }

make_namespaces() {
    ip netns add "$peer"
    ip netns add "$space"
    inside sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0
    ip -n "$space" link set lo up
    ip -n "$peer" link add lan0 type veth peer name eth0 netns "$space"
    ip -n "$peer" link set lan0 up
    ip -n "$space" link set eth0 up
    ip -n "$space" address add 172.20.0.1/16 dev eth0
    ip -n "$space" address add fd00:20::1/64 dev eth0 nodad
    ip -n "$space" route add default via 172.20.255.254
    ip -n "$space" route add default via fd00:20::fffe
}

# write_node NUMBER [OFFSET]: node-N with 10.64+… /24 and fd00:42:0:N::/64; the offset moves its address.
write_node() {
    local number=$1 host=$(($1 + ${2:-0}))
    cat >"$work/node-$number.new" <<YAML
apiVersion: v1
kind: Node
metadata:
  name: node-$number
spec:
  podCIDRs: ["10.$((64 + number / 256)).$((number % 256)).0/24", "fd00:42:0:$(printf %x "$number")::/64"]
status:
  addresses:
    - {type: InternalIP, address: "172.20.$((host / 250)).$((host % 250 + 1))"}
    - {type: InternalIP, address: "fd00:20::$(printf %x $((host + 1)))"}
YAML
    mv "$work/node-$number.new" "$work/manifests/node-$number.yaml"
}

agent_flags=()
# shellcheck disable=SC2054  # the commas belong to the values
start_agent() {
    agent_flags=(
        --config /dev/null --node-name node-0 --manifests "$work/manifests" --state-dir "$work/state"
        --run-dir "$work/run" --subnet-file "$work/subnet.env" --cni-conf-dir "$work/net.d" --cni-bin-dir "$work/bin"
        --cni-state-dir "$work/networks" --cluster-cidr 10.64.0.0/13,fd00:42::/48
        --service-cidr 10.43.0.0/16,fd00:43::/112 --flannel-ipv6-masq --log-format text --log-level info
    )
    rm -f "$work/net.d/10-linnet.conflist"
    started=${EPOCHREALTIME/./}
    setpriv --pdeathsig KILL ip netns exec "$space" "$PROGRAMS/linnet" run "${agent_flags[@]}" "$@" \
        >>"$work/log" 2>&1 </dev/null &
    agent=$!
}

stop_agent() {
    kill -TERM "$agent" && wait "$agent"
    agent=
}

ready() { [ -e "$work/net.d/10-linnet.conflist" ]; }
running() { kill -0 "$agent" 2>/dev/null; }

# Milliseconds from the agent's start to now.
since_start() { echo $(((${EPOCHREALTIME/./} - started) / 1000)); }

# Counts of what the agent keeps per peer: routes, neighbours, forwarding entries, of a family.
routes() { ip -n "$space" "$1" route show proto 76 | grep -c onlink; }
neighbours() { ip -n "$space" "$1" neighbour show dev "$2" nud permanent | grep -c lladdr; }
entries() { bridge -n "$space" fdb show dev "$1" | grep -c ' dst '; }

converged() {
    [ "$(routes -4)" -eq "$1" ] && [ "$(routes -6)" -eq "$1" ] && [ "$(entries flannel.1)" -eq "$1" ] &&
        [ "$(entries flannel-v6.1)" -eq "$1" ] && [ "$(neighbours -4 flannel.1)" -eq "$1" ] &&
        [ "$(neighbours -6 flannel-v6.1)" -eq "$1" ]
}

# Starts both monitors, each into a file; `quiet_lines` then says how much they saw.
watch_kernel() {
    ip -n "$space" -ts monitor link address route neigh >"$work/monitor.ip" 2>&1 &
    watchers=("$!")
    ip netns exec "$space" nft monitor >"$work/monitor.nft" 2>&1 &
    watchers+=("$!")
    # They have joined their groups once the kernel lists their sockets.
    wait_until 5 monitors_listen
}
monitors_listen() { [ "$(inside ss -Hf netlink 2>/dev/null | grep -cE '^UNCONN.*(rtnl|nft):(ip|nft)/')" -ge 2 ]; }

stop_watching() {
    local pid
    for pid in "${watchers[@]}"; do kill "$pid" 2>/dev/null; wait "$pid" 2>/dev/null; done
    watchers=()
}

# The kernel's lines about the agent's objects; resolution of the underlay's own neighbours is not the agent's, and that
# cluster DNS answers is said again and again.
seen_lines() {
    cat "$work/monitor.ip" "$work/monitor.nft" |
        grep -cvE 'dev eth0|^[[:space:]]*(valid_lft|link/)|^$|# new generation|element inet linnet dns-answering-'
}

row() { printf '   %-58s %14s   %s\n' "$@"; }

# sent_messages SECONDS COMMAND…: netlink messages that change something, sent within so many seconds of the command; not
# those by which cluster DNS says that it answers.
sent_messages() {
    local seconds=$1 tracer
    shift
    # Inside the namespace strace can tell which protocol a socket speaks.
    ip netns exec "$space" strace -f -v -s 4096 -e trace=sendmsg,sendto,write -p "$agent" -o "$work/strace" 2>/dev/null &
    tracer=$!
    wait_until 5 grep -q '^TracerPid:[[:space:]]*[1-9]' "/proc/$agent/status"
    "$@"
    pause "$seconds"
    kill -INT "$tracer"
    wait "$tracer" 2>/dev/null
    grep -vE 'dns-answering-|x64.x6e.x73.x2d.x61.x6e.x73' "$work/strace" |
        grep -oE '(nlmsg_type|type)=(RTM_(NEW|DEL|SET)[A-Z]+|NFNL_SUBSYS_NFTABLES<<8\|NFT_MSG_(NEW|DEL)[A-Z]+)' |
        wc -l
}

# Milliseconds of processor time, of threads that have ended too. The kernel counts in ticks of 10 ms.
processor_time() {
    local fields
    read -r -a fields <<<"$(sed 's/.*) //' "/proc/$agent/stat")"
    echo $(((fields[11] + fields[12]) * 1000 / $(getconf CLK_TCK)))
}

measure_small_start() {
    write_node 0
    write_node 1
    local times=()
    for _ in 1 2 3 4 5; do
        start_agent
        wait_until 20 ready || { cat "$work/log" >&2; die "the agent did not become ready"; }
        times+=("$(since_start)")
        stop_agent
        inside "$PROGRAMS/linnet" reset "${agent_flags[@]}" >/dev/null
    done
    row "start to first reconcile, 2 nodes, median of 5" "$(printf '%s\n' "${times[@]}" | sort -n | sed -n 3p) ms" "< 300 ms"
}

measure_cold_start() {
    local number expected=$((nodes - 1)) took
    for ((number = 0; number < nodes; number++)); do write_node "$number"; done
    start_agent
    wait_until 60 ready || { cat "$work/log" >&2; die "the agent did not become ready"; }
    wait_until 60 converged "$expected"
    took=$(since_start)
    row "cold start, $nodes nodes, to convergence" "$took ms" ""
    row "routes, IPv4 and IPv6" "$(routes -4) $(routes -6)" "$expected $expected"
    row "neighbours" "$(neighbours -4 flannel.1) $(neighbours -6 flannel-v6.1)" "$expected $expected"
    row "forwarding entries" "$(entries flannel.1) $(entries flannel-v6.1)" "$expected $expected"
}

measure_silence() {
    # The kernel's own news about links that came up arrive up to a second later.
    pause 2
    stop_agent
    watch_kernel
    start_agent --audit-interval 1s
    wait_until 20 ready
    pause 4
    stop_watching
    row "restart and 3 audits over unchanged state, kernel events" "$(seen_lines)" 0
    if [ "$(seen_lines)" -ne 0 ]; then head -n 5 "$work/monitor.ip" "$work/monitor.nft" >&2; fi
    row "messages that change something in 3 s of audits" "$(sent_messages 3 true)" 0
    stop_agent
}

measure_one_change() {
    start_agent
    wait_until 20 ready
    row "one peer's address changed among $nodes, messages" "$(sent_messages 2 write_node 7 2000)" "constant"
    row "one peer removed" "$(sent_messages 2 rm "$work/manifests/node-8.yaml")" ""
    row "one peer added" "$(sent_messages 2 write_node 8)" ""
}

measure_idle() {
    local before after
    pause 5
    before=$(processor_time)
    pause "$idle_seconds"
    after=$(processor_time)
    row "resident memory at rest" "$(awk '/^VmRSS/ { printf "%.1f", $2 / 1024 }' "/proc/$agent/status") MiB" "<= 30 MiB"
    row "of it anonymous" "$(awk '/^RssAnon/ { printf "%.1f", $2 / 1024 }' "/proc/$agent/status") MiB" ""
    row "processor at rest, over $idle_seconds s" \
        "$(awk -v n=$((after - before)) -v s="$idle_seconds" 'BEGIN { printf "%.2f", n / s / 10 }') %" "<= 0.1 %"
}

install_packages iproute2 nftables procps strace util-linux
remove_namespace "$space"
remove_namespace "$peer"
work=$(mktemp -d /tmp/linnet-bench.XXXXXX)
mkdir "$work/manifests"
trap clean_up EXIT
trap 'exit 130' INT TERM HUP
make_namespaces
heading "Overlay"
row "" measured aim
measure_small_start
measure_cold_start
measure_silence
measure_one_change
measure_idle
