#!/usr/bin/env bash
# How soon the agent repairs what others change, with an audit interval of an hour. Run through `Packaging/bench repair`.
#
#   sudo Packaging/bench repair [ROUNDS] [SECONDS]
#
# Two agents in network namespaces: each kind of owned object is deleted or altered ROUNDS times (20) on one of them; then
# everything owned is deleted at random for SECONDS (60) under pings, and the end is compared with a fresh start; then
# storms of foreign changes. Ends non-zero if something does not come back, or the end differs.
set -uo pipefail
# shellcheck source=Packaging/lib/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib/common.sh"

: "${PROGRAMS:?run this through Packaging/bench repair}"
prefix=linnet-bench-repair
rounds=${1:-20}
seconds=${2:-60}
work=
agents=()

clean_up() {
    local pid
    for pid in "${agents[@]}"; do
        kill -KILL "$pid" 2>/dev/null
        wait "$pid" 2>/dev/null
    done
    remove_namespaces "$prefix"
    [ -z "$work" ] || rm -rf "$work"
}

# make_node NUMBER: 192.168.77.NUMBER with pods 10.42.(4 NUMBER).0/22, fd00:77::NUMBER with fd00:42:0:NUMBER::/64.
make_node() {
    local space=$prefix-$1
    ip netns add "$space"
    ip netns exec "$space" sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0
    ip -n "$space" link set lo up
    ip -n "$prefix-lan" link add "node$1" type veth peer name eth0 netns "$space"
    ip -n "$prefix-lan" link set "node$1" master lan0 up
    ip -n "$space" address add "192.168.77.$1/24" dev eth0
    ip -n "$space" address add "fd00:77::$1/64" dev eth0 nodad
    ip -n "$space" link set eth0 up
    ip -n "$space" route add default via 192.168.77.254
    cat >"$work/manifests/node-$1.yaml" <<YAML
apiVersion: v1
kind: Node
metadata:
  name: node-$1
spec:
  podCIDRs: ["10.42.$((4 * $1)).0/22", "fd00:42:0:$1::/64"]
status:
  addresses:
    - {type: InternalIP, address: "192.168.77.$1"}
    - {type: InternalIP, address: "fd00:77::$1"}
YAML
}

# The flags of a node's agent, one a line.
# shellcheck disable=SC2054  # the commas belong to the values
flags_of() {
    local home=$work/$1
    printf '%s\n' --config /dev/null --node-name "node-$1" --manifests "$work/manifests" --state-dir "$home/state" \
        --run-dir "$home/run" --subnet-file "$home/run/subnet.env" --cni-conf-dir "$home/net.d" \
        --cni-bin-dir "$home/bin" --cni-state-dir "$home/networks" --cluster-cidr 10.42.0.0/16,fd00:42::/56 \
        --service-cidr 10.43.0.0/16,fd00:43::/112 --flannel-ipv6-masq --log-format text
}

start_agent() {
    local flags
    mapfile -t flags < <(flags_of "$1")
    rm -f "$work/$1/net.d/10-linnet.conflist"
    setpriv --pdeathsig KILL ip netns exec "$prefix-$1" "$PROGRAMS/linnet" run "${flags[@]}" --audit-interval 1h \
        >>"$work/log-$1" 2>&1 </dev/null &
    agents+=("$!")
    wait_until 20 test -e "$work/$1/net.d/10-linnet.conflist" || { cat "$work/log-$1" >&2; die "node $1 is not ready"; }
}

install_packages iproute2 iputils-ping nftables procps python3 util-linux
remove_namespaces "$prefix"
work=$(mktemp -d /tmp/linnet-bench.XXXXXX)
mkdir "$work/manifests"
trap clean_up EXIT
trap 'exit 130' INT TERM HUP
ip netns add "$prefix-lan"
ip -n "$prefix-lan" link add lan0 type bridge
ip -n "$prefix-lan" link set lan0 up
ip -n "$prefix-lan" address add 192.168.77.254/24 dev lan0
make_node 1
make_node 2
start_agent 1
start_agent 2
flags_of 1 >"$work/flags"
measure() {
    ip netns exec "$prefix-1" python3 "$(dirname "${BASH_SOURCE[0]}")/repair.py" \
        "$1" "$PROGRAMS/linnet" "$work" "${agents[-1]}" "$2"
}

failed=0
heading "Each kind of object, $rounds times"
measure kinds "$rounds" || failed=1
# A fresh one: it has seen no fight.
kill -TERM "${agents[1]}" "${agents[0]}"
wait "${agents[@]}"
agents=()
start_agent 2
start_agent 1
heading "Everything deleted at random for $seconds s, with a ping every 10 ms"
measure random "$seconds" || failed=1
heading "Storms of foreign changes; aim: at most 10 passes, at most 5 % of a core"
for number in {0..499}; do ip netns add "$prefix-pod$number"; done
measure storms 0
exit "$failed"
