#!/usr/bin/env bash
# What attaching and detaching a pod costs: linnet-cni against Debian's chain bridge + host-local + portmap, alternating on
# the same machine, and whether many parallel ADDs ever share an address. Run through `Packaging/bench cni`.
#
#   sudo Packaging/bench cni [ROUNDS] [PARALLEL]
#
# Everything happens in network and mount namespaces of its own, which end with it. Ends non-zero if an operation fails
# or an address is handed out twice; a missed aim is only shown.
set -euo pipefail
# shellcheck source=Packaging/lib/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib/common.sh"

plugin=$(realpath "${PROGRAMS:?run this through Packaging/bench cni}/linnet-cni")
rounds=${1:-200}
parallel=${2:-500}
reference=${CNI_REFERENCE:-/usr/lib/cni}
require_root
[ -x "$plugin" ] || die "$plugin is not an executable"
if [ -z "${CNI_REFERENCE:-}" ]; then install_packages containernetworking-plugins iproute2 python3; fi
for name in bridge host-local portmap; do
    [ -x "$reference/$name" ] || die "$reference/$name is missing: install containernetworking-plugins"
done

if [ -z "${LINNET_BENCH_INSIDE:-}" ]; then
    outside=$(readlink /proc/self/ns/net) exec env LINNET_BENCH_INSIDE=1 \
        unshare --net --mount --propagation private bash "$0" "$rounds" "$parallel"
fi
# Never touch the machine's own namespace.
[ "$(readlink /proc/self/ns/net)" != "${outside:?}" ] || die "still in the machine's network namespace"

mount -t tmpfs tmpfs /run
mkdir -p /run/netns
ip link set lo up
# As the agent makes it; Debian's plugin makes its own.
ip link add cni0 address 0a:58:0a:2a:00:01 mtu 1450 type bridge
ip address add 10.42.0.1/22 dev cni0
ip link set cni0 up
work=/run/bench
mkdir -p "$work"

cat >"$work/subnet.env" <<S
FLANNEL_NETWORK=10.42.0.0/16
FLANNEL_SUBNET=10.42.0.1/22
FLANNEL_MTU=1450
FLANNEL_IPMASQ=true
S
exec python3 - "$plugin" "$reference" "$work" "$rounds" "$parallel" <<'P'
import concurrent.futures, json, os, subprocess, sys, time

plugin, reference, work = sys.argv[1:4]
rounds, parallel = int(sys.argv[4]), int(sys.argv[5])

linnet = {"cniVersion": "1.0.0", "name": "linnet", "type": "linnet-cni", "bridge": "cni0",
          "subnetFile": f"{work}/subnet.env", "dataDir": f"{work}/linnet", "clusterDomain": "cluster.local",
          "hairpinMode": True}
bridge = {"cniVersion": "1.0.0", "name": "debian", "type": "bridge", "bridge": "cni1", "mtu": 1450,
          "isDefaultGateway": True, "hairpinMode": True, "ipMasq": False,
          "ipam": {"type": "host-local", "dataDir": f"{work}/debian", "ranges": [[{"subnet": "10.43.0.0/22"}]],
                   "routes": [{"dst": "10.43.0.0/16"}]}}
portmap = {"cniVersion": "1.0.0", "name": "debian", "type": "portmap", "capabilities": {"portMappings": True}}


def call(program, command, container, namespace, configuration):
    environment = {"CNI_COMMAND": command, "CNI_CONTAINERID": container, "CNI_NETNS": f"/run/netns/{namespace}",
                   "CNI_IFNAME": "eth0", "CNI_PATH": reference, "PATH": os.environ["PATH"]}
    done = subprocess.run([program], input=json.dumps(configuration).encode(), env=environment, capture_output=True)
    if done.returncode:
        sys.exit(f"{program} {command} of {container}: {done.stdout.decode()} {done.stderr.decode()}")
    return json.loads(done.stdout) if done.stdout.strip() else None


def linnet_add(container, namespace):
    return call(plugin, "ADD", container, namespace, linnet)


def linnet_del(container, namespace, result):
    call(plugin, "DEL", container, namespace, {**linnet, "prevResult": result})


def debian_add(container, namespace):
    result = call(f"{reference}/bridge", "ADD", container, namespace, bridge)
    return call(f"{reference}/portmap", "ADD", container, namespace, {**portmap, "prevResult": result})


def debian_del(container, namespace, result):
    call(f"{reference}/portmap", "DEL", container, namespace, {**portmap, "prevResult": result})
    call(f"{reference}/bridge", "DEL", container, namespace, {**bridge, "prevResult": result})


def timed(body, *arguments):
    start = time.perf_counter()
    value = body(*arguments)
    return value, (time.perf_counter() - start) * 1000


def quantile(values, fraction):
    return sorted(values)[min(len(values) - 1, int(len(values) * fraction))]


chains = {"linnet": (linnet_add, linnet_del), "debian": (debian_add, debian_del)}
times = {(name, verb): [] for name in chains for verb in ("ADD", "DEL")}
subprocess.run(["ip", "netns", "add", "pod"], check=True)
for turn in range(rounds + 5):
    for name, (add, delete) in chains.items():
        container = f"{name}-{turn}"
        result, added = timed(add, container, "pod")
        _, deleted = timed(delete, container, "pod", result)
        if turn >= 5:  # The first rounds make Debian's bridge and warm the caches.
            times[name, "ADD"].append(added)
            times[name, "DEL"].append(deleted)

print(f"{rounds} rounds, milliseconds")
print(f"{'':6}{'linnet p50':>12}{'p99':>8}{'debian p50':>12}{'p99':>8}{'ratio p50':>11}{'p99':>7}{'aim':>7}")
for verb, aim in (("ADD", 0.3), ("DEL", 0.2)):
    ours, theirs = times["linnet", verb], times["debian", verb]
    figures = [quantile(values, fraction) for values in (ours, theirs) for fraction in (0.5, 0.99)]
    ratios = (figures[0] / figures[2], figures[1] / figures[3])
    print(f"{verb:6}{figures[0]:12.2f}{figures[1]:8.2f}{figures[2]:12.2f}{figures[3]:8.2f}"
          f"{ratios[0]:11.2f}{ratios[1]:7.2f}{aim:7.1f}  {'met' if ratios[0] <= aim else 'missed'}")

# A lost race shows as one address in two results. Links are few enough only if each pod has a namespace of its own.
pods = [f"p{number}" for number in range(parallel)]
for pod in pods:
    subprocess.run(["ip", "netns", "add", pod], check=True)
with concurrent.futures.ThreadPoolExecutor(32) as pool:
    start = time.perf_counter()
    results = list(pool.map(lambda pod: linnet_add(f"parallel-{pod}", pod), pods))
    elapsed = time.perf_counter() - start
    addresses = [entry["address"] for result in results for entry in result["ips"]]
    list(pool.map(lambda pair: linnet_del(f"parallel-{pair[0]}", pair[0], pair[1]), zip(pods, results)))
duplicates = len(addresses) - len(set(addresses))
left = [name for name in os.listdir(f"{work}/linnet/linnet") if name[0].isdigit()]
ports = json.loads(subprocess.run(["ip", "-j", "link", "show", "master", "cni0"], capture_output=True).stdout or b"[]")
print(f"{parallel} parallel ADDs (32 at a time): {elapsed:.2f} s, {len(addresses)} addresses, {duplicates} duplicates; "
      f"after DEL {len(left)} reservations and {len([port for port in ports if port])} links left")
sys.exit(1 if duplicates or left else 0)
P
