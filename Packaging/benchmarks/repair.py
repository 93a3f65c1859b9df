"""The measurements of repair.sh, made inside the network namespace of the first node."""
import json
import os
import random
import re
import statistics
import subprocess
import sys
import time

what, linnet, work, agent = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
rounds = seconds = int(sys.argv[5])
flags = open(f"{work}/flags").read().splitlines()
home = f"{work}/1"
patience = 5


def run(command):
    done = subprocess.run(command, shell=True, capture_output=True, text=True, cwd=home, timeout=60)
    return done.stdout


def read(path):
    try:
        return open(path).read()
    except OSError:
        return ""


# Kind, what alters it, what shows it, and what it shows when all is well.
LINK = "ip -o link show dev"
KINDS = [
    ("tunnel link", "ip link delete flannel.1", "ip route", "10.42.8.0/22 via 10.42.8.0 dev flannel.1"),
    ("tunnel link, IPv6", "ip link delete flannel-v6.1", "ip -6 route", "fd00:42:0:2::/64 via"),
    ("tunnel link down", "ip link set flannel.1 down", "ip route", "10.42.8.0/22 via 10.42.8.0 dev flannel.1"),
    ("tunnel MTU", "ip link set flannel.1 mtu 1300", f"{LINK} flannel.1", "mtu 1450"),
    ("bridge", "ip link delete cni0", "ip -o address show dev cni0", "10.42.4.1/22"),
    ("bridge down", "ip link set cni0 down", f"{LINK} cni0", ",UP"),
    ("tunnel address", "ip address delete 10.42.4.0/32 dev flannel.1", "ip -o address show dev flannel.1", "10.42.4.0/32"),
    ("gateway address", "ip address delete 10.42.4.1/22 dev cni0", "ip -o address show dev cni0", "10.42.4.1/22"),
    ("gateway address, IPv6", "ip address delete fd00:42:0:1::1/64 dev cni0", "ip -o address show dev cni0", "fd00:42:0:1::1/64"),
    ("route", "ip route delete 10.42.8.0/22", "ip route", "10.42.8.0/22 via 10.42.8.0 dev flannel.1"),
    ("route, altered", "ip route replace 10.42.8.0/22 via 192.168.77.254", "ip route", "10.42.8.0/22 via 10.42.8.0 dev flannel.1"),
    ("route, IPv6", "ip -6 route delete fd00:42:0:2::/64", "ip -6 route", "fd00:42:0:2::/64 via"),
    ("neighbour", "ip neigh delete 10.42.8.0 dev flannel.1", "ip neigh show dev flannel.1", "10.42.8.0 lladdr"),
    ("forwarding entry", "bridge fdb flush dev flannel.1", "bridge fdb show dev flannel.1", "dst 192.168.77.2"),
    ("nft table", "nft delete table inet linnet", "nft list chain inet linnet overlay-postrouting", "masquerade"),
    ("nft, whole ruleset", "nft flush ruleset", "nft list chain inet linnet overlay-postrouting", "masquerade"),
    ("nft, one chain", "nft flush chain inet linnet overlay-forward", "nft list chain inet linnet overlay-forward", "accept"),
    ("ip_forward", "echo 0 >/proc/sys/net/ipv4/ip_forward", "/proc/sys/net/ipv4/ip_forward", "1"),
    ("forwarding, IPv6", "echo 0 >/proc/sys/net/ipv6/conf/all/forwarding", "/proc/sys/net/ipv6/conf/all/forwarding", "1"),
    ("accept_ra", "echo 1 >/proc/sys/net/ipv6/conf/cni0/accept_ra", "/proc/sys/net/ipv6/conf/cni0/accept_ra", "0"),
    ("bridge-nf-call-iptables", "echo 0 >/proc/sys/net/bridge/bridge-nf-call-iptables", "/proc/sys/net/bridge/bridge-nf-call-iptables", "1"),
    ("subnet.env", "rm run/subnet.env", f"{home}/run/subnet.env", "FLANNEL_SUBNET"),
    ("CNI configuration", "rm net.d/10-linnet.conflist", f"{home}/net.d/10-linnet.conflist", "linnet-cni"),
    ("CNI directory", "rm -r net.d", f"{home}/net.d/10-linnet.conflist", "linnet-cni"),
    ("CNI plugin", "rm bin/linnet-cni", f"{home}/bin/linnet-cni", None),
    ("pod's link off the bridge", "ip link set vethbench nomaster", f"{LINK} vethbench", "master cni0"),
    ("pod's link down", "ip link set vethbench down", f"{LINK} vethbench", ",UP"),
]


def is_well(look, shows):
    if shows is None:
        return os.path.exists(look)
    return shows in (read(look) if look.startswith("/") else run(look))


def wait_until_well(look, shows):
    """Milliseconds until it is well, or None."""
    began = time.monotonic()
    while time.monotonic() - began < patience:
        if is_well(look, shows):
            return (time.monotonic() - began) * 1000
        time.sleep(0.001)
    return None


def make_pod_link():
    run("ip link add vethbench type veth peer name vethfar; ip link set vethbench alias 'linnet: bench';"
        " ip link set vethbench master cni0 up")


def measure_kinds():
    print(f"   {'object':34} {'median ms':>10} {'worst ms':>10}   aim: median < 200")
    failed = False
    for kind, change, look, shows in KINDS:
        if "pod" in kind and not run(f"{LINK} vethbench"):
            make_pod_link()
        times = []
        for _ in range(rounds):
            if wait_until_well(look, shows) is None:
                break
            run(change)
            times.append(wait_until_well(look, shows))
            time.sleep(0.02)
        if not times or None in times:
            print(f"   {kind:34} {'not back':>10}")
            failed = True
        else:
            print(f"   {kind:34} {statistics.median(times):10.1f} {max(times):10.1f}")
    run("ip link delete vethbench")
    return failed


def state():
    """Everything owned, without what the kernel counts and numbers, sorted."""
    lines = []
    for command, words in [
        ("ip -d -o link", ["flannel", "cni0"]), ("ip -o address", ["flannel", "cni0"]), ("ip route", ["flannel", "cni0"]),
        ("ip -6 route", ["flannel", "cni0"]), ("bridge fdb", ["flannel"]), ("ip neigh show nud permanent", ["flannel"]),
    ]:
        for line in run(command).splitlines():
            if any(word in line for word in words):
                line = re.sub(r"^\d+: |_timer +[\d.]+|[a-z_]*id [0-9a-f.:]{15,}|tso_max_size \d+|linkdown|link-netns\S* \S+", "", line)
                if " fe80:" not in line and not line.startswith("fe80:"):
                    lines.append(re.sub(r"\s+", " ", line).strip())
    table = json.loads(run("nft -j list table inet linnet") or "{}")
    text = json.dumps(table)
    lines += sorted(re.split(r"(?<=\}\}), ", re.sub(r'"(handle|packets|bytes|index|expires)": \d+,? ?', "", text)))
    for path in ["run/subnet.env", "net.d/10-linnet.conflist"]:
        lines.append(read(f"{home}/{path}"))
    for _, _, look, shows in KINDS:
        if look.startswith("/proc/sys"):
            lines.append(f"{look} {read(look).strip()}")
    return sorted(lines)


def processor_nanoseconds():
    total = 0
    for task in os.listdir(f"/proc/{agent}/task"):
        total += int((read(f"/proc/{agent}/task/{task}/schedstat") or "0").split()[0])
    return total


def passes():
    report = subprocess.run([linnet, "status", "--json"] + flags, capture_output=True, text=True).stdout
    overlay = json.loads(report).get("overlay", {})
    return overlay.get("passes", 0)


def measure_random():
    before = state()
    interval = 0.01
    ping = subprocess.Popen(["ping", "-q", "-i", str(interval), "10.42.8.1"], stdout=subprocess.PIPE, text=True)
    chooser = random.Random(4)
    kinds = [kind for kind in KINDS if kind[0] != "CNI plugin" and "pod" not in kind[0]]
    end = time.monotonic() + seconds
    done = 0
    while time.monotonic() < end:
        run(chooser.choice(kinds)[1])
        done += 1
        time.sleep(chooser.uniform(0, 0.4))
    time.sleep(2)
    ping.send_signal(2)
    print("   " + next((l for l in ping.communicate()[0].splitlines() if "transmitted" in l), "no pings"))
    after = state()
    differences = sorted(set(before) ^ set(after))
    print(f"   {done} deletions in {seconds:.0f} s; lines that differ from before: {len(differences)}")
    for line in differences[:10]:
        print(f"     {'-' if line in before else '+'} {line}")
    return bool(differences)


def storm(what, body, *arguments):
    time.sleep(1)
    passes_before = passes()
    # The question for the number of passes is the agent's work too, and not part of the storm.
    time.sleep(0.2)
    processor_before, began = processor_nanoseconds(), time.monotonic()
    body(*arguments)
    took = time.monotonic() - began
    time.sleep(1)
    spent = (processor_nanoseconds() - processor_before) / 1e9
    count = passes() - passes_before
    print(f"   {what:34} {took:6.2f} s   agent {spent * 1000:6.1f} ms = {spent / took * 100:5.1f} %   {count} overlay passes")


def batch(commands):
    text = "".join(f"{command}\n" for command in commands)
    subprocess.run(["ip", "-force", "-batch", "-"], input=text, text=True, capture_output=True)


PODS = [f"linnet-bench-repair-pod{n}" for n in range(500)]
pod_of_address = {}


def call_plugin(command, pod):
    conflist = json.loads(read(f"{home}/net.d/10-linnet.conflist"))
    configuration = {"cniVersion": conflist["cniVersion"], "name": conflist["name"], **conflist["plugins"][0]}
    environment = {"CNI_COMMAND": command, "CNI_CONTAINERID": pod, "CNI_NETNS": f"/run/netns/{pod}",
                   "CNI_IFNAME": "eth0", "CNI_PATH": f"{home}/bin", "PATH": os.environ["PATH"]}
    done = subprocess.run([f"{home}/bin/linnet-cni"], input=json.dumps(configuration), text=True, env=environment,
                          capture_output=True)
    if done.returncode:
        sys.exit(f"{command} of {pod}: {done.stdout} {done.stderr}")
    return json.loads(done.stdout) if done.stdout.strip() else None


def add_pods():
    for pod in PODS:
        for entry in call_plugin("ADD", pod)["ips"]:
            if entry["address"] in pod_of_address:
                sys.exit(f"{pod} has the address {entry['address']} of {pod_of_address[entry['address']]}")
            pod_of_address[entry["address"]] = pod


def delete_pods():
    for pod in PODS:
        call_plugin("DEL", pod)


def measure_storms():
    routes = [f"100.64.{n // 250}.{n % 250}/32 via 192.168.77.254" for n in range(10000)]
    storm("10,000 foreign routes appear", batch, [f"route add {r}" for r in routes])
    storm("10,000 foreign routes go", batch, [f"route delete {r}" for r in routes])
    storm("500 links appear on cni0 at once", batch, [
        f"link add name vethb{n} master cni0 up type veth peer name vethf{n}" for n in range(500)])
    storm("500 links go", batch, [f"link delete vethb{n}" for n in range(500)])
    storm("500 pods: ADD of linnet-cni", add_pods)
    storm("500 pods: DEL of linnet-cni", delete_pods)


if what == "kinds":
    sys.exit(measure_kinds())
if what == "random":
    sys.exit(measure_random())
measure_storms()
