#!/usr/bin/env bash
# Runs inside the booted container, as a service: see booted.sh. It changes the container's network, so it refuses to run
# anywhere else.
set -uo pipefail
[ "$(systemd-detect-virt --container)" = systemd-nspawn ] || { echo "only in the container"; exit 1; }

# check NAME COMMAND…
check() {
    local name=$1
    shift
    if "$@" >/tmp/said 2>&1; then
        printf 'ok %s\n' "$name"
    else
        printf 'not ok %s\n' "$name"
        sed 's/^/   /' /tmp/said
        journalctl --quiet --no-pager -u linnet -n 15 | sed 's/^/   /'
    fi
}

# within SECONDS COMMAND…: polls until it succeeds.
within() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$end" ] || return 1
        sleep 0.05
    done
}

property() { systemctl show linnet --property="$1" --value; }
is() { [ "$(property "$1")" = "$2" ] || { property "$1"; return 1; }; }
says() { property StatusText | grep -q "$1" || { property StatusText; return 1; }; }
index() { cat /sys/class/net/flannel.1/ifindex; }
# said_by EVENT TEXT: whether an entry of the event has the text.
said_by() { journalctl --quiet -o cat MESSAGE_ID="$1" | grep -q "$2"; }
has_event() { [ -n "$(journalctl --quiet -o json MESSAGE_ID="$1")" ]; }
restarted_since() { [ "$(property NRestarts)" -gt "$1" ] && is ActiveState active; }
answers() { linnet status | grep -Eq 'overlay +ready'; }

running_event=d821875edfe440738bd2e6f11bf5880e
crashed_event=69f22730239646928fee5c31f9e09640
reloaded_event=482653b0c2e34099b4880413e2d79176
restart_needed_event=459adf3a390e4fa8867d22e65015a194

ip link add eth0 type veth peer name eth1
ip address add 192.168.77.1/24 dev eth0
ip link set eth1 up
ip link set eth0 up
ip route add default via 192.168.77.254
mkdir -p /etc/linnet/manifests
printf 'node-name: north\n' >/etc/linnet/config.yaml

check "the unit starts, and start returns after READY=1" systemctl start linnet
check "it is active and running" is SubState running
check "STATUS= names the capabilities that are ready" within 10 says 'ready: .*overlay'
check "status answers" within 10 answers
check "flannel.1 and cni0 are there" ip link show dev cni0
serves_names() { ss -Hlun "sport = :53" | grep -q '10\.43\.0\.10:53'; }
check "cluster DNS serves its address as the unit is confined" within 10 serves_names
entry() { journalctl --quiet -o json MESSAGE_ID=$running_event | head -n 1; }
field() { [ -n "$(entry | jq -r --arg name "$1" '.[$name] // empty')" ] || { entry; return 1; }; }
check "the journal has the running event by its MESSAGE_ID" has_event $running_event
for name in SOURCE CODE_FILE CODE_LINE PRIORITY; do check "its entry has the field $name" field $name; done
check "it runs as the unit says: no privileges to gain" grep -q 'NoNewPrivs:.*1' "/proc/$(property MainPID)/status"

restarts=$(property NRestarts)
before=$(index)
kill -STOP "$(property MainPID)"
check "a hung process is restarted by the watchdog" within 20 restarted_since "$restarts"
check "its end is the watchdog's doing in the journal" \
    bash -c 'journalctl --quiet -u linnet -b | grep -qi "watchdog timeout"'
check "the data plane is the same after it" test "$(index)" = "$before"
check "the next start names the watchdog" within 10 said_by $crashed_event "ended by the watchdog"
check "and quarantines nothing" within 10 says 'ready: .*overlay'

restarts=$(property NRestarts)
kill -KILL "$(property MainPID)"
check "a killed process is restarted" within 20 restarted_since "$restarts"
check "with the same flannel.1" test "$(index)" = "$before"
check "and its overlay is ready again" within 10 answers

socket() { stat -c %i /run/linnet/linnet.sock; }
inode=$(socket)
# Two for the status; of cluster DNS one for each thread and transport, of the ingress one for each thread, port and family.
threads=$(nproc)
threads=$((threads < 4 ? threads : 4))
sockets=$((2 + 2 * threads + 4 * threads))
# Asks over UDP for ns.dns.cluster.local once, and wants one answer.
ask_name() {
    perl -MIO::Socket::INET -e '
        my $name = join "", map { pack "C/a", $_ } qw(ns dns cluster local);
        my $socket = IO::Socket::INET->new(PeerAddr => "10.43.0.10:53", Proto => "udp") or die;
        $socket->send(pack("n6", 1, 256, 1, 0, 0, 0) . $name . pack("x n2", 1, 1));
        alarm 20;
        $socket->recv(my $reply, 512);
        exit(unpack("x6 n", $reply) != 1);'
}
check "the service manager keeps the sockets of status, cluster DNS and ingress" within 10 is NFileDescriptorStore "$sockets"
check "cluster DNS answers" ask_name
kill -STOP "$(property MainPID)"
linnet status >/tmp/answer 2>&1 &
asker=$!
ask_name &
name_asker=$!
systemctl kill --kill-whom=main --signal=KILL linnet
check "who asks while the agent is away" wait "$asker"
check "is answered by the one after it" grep -Eq 'CAPABILITY' /tmp/answer
check "and so is who asks for a name" wait "$name_asker"
check "on the same socket" test "$(socket)" = "$inode"
restarts=$((restarts + 1))

printf 'node-name: north\nlog-level: debug\naudit-interval: 10m\n' >/etc/linnet/config.yaml
check "reload succeeds" systemctl reload linnet
check "SIGHUP is obeyed" within 5 has_event $reloaded_event
check "a setting that needs a restart is named" within 5 has_event $restart_needed_event
check "and the process is the same" is NRestarts $((restarts + 1))

restarts=$(property NRestarts)
kill -SEGV "$(property MainPID)"
check "a signal from outside ends it, and it is restarted" within 20 restarted_since "$restarts"
check "and the next start names the sender" within 10 said_by $crashed_event "ended by a signal of another process"
check "with the same flannel.1 again" test "$(index)" = "$before"
restarts=$(property NRestarts)

check "stop succeeds" systemctl stop linnet
check "and the result is success" is Result success
check "it leaves the data plane" test "$(index)" = "$before"

# A socket that nothing here uses starts the service by what waits at it, and would again if that were left there.
cat >/run/systemd/system/left-over.socket <<'UNIT'
[Socket]
ListenDatagram=127.0.0.1:9999
FileDescriptorName=left-over
Service=linnet.service
UNIT
systemctl daemon-reload
check "a socket of the service starts" systemctl start left-over.socket
: >/dev/udp/127.0.0.1/9999 && printf one >/dev/udp/127.0.0.1/9999
check "a datagram that waits there starts the agent" within 10 is SubState running
closed() { journalctl --quiet -o json -u linnet --grep 'inherited descriptors are closed' | jq -r .CHANGES; }
check "which names the surplus descriptor" within 10 bash -c "$(declare -f closed); closed | grep -qx left-over"
check "and keeps its own sockets" within 10 is NFileDescriptorStore "$sockets"
systemctl stop linnet 2>/dev/null
sleep 0.5
check "nothing is left there to start it again" is ActiveState inactive
systemctl stop left-over.socket

printf 'no-such-key: 1\n' >/etc/linnet/config.yaml
systemctl start linnet 2>/dev/null
check "a bad configuration ends with 78" is ExecMainStatus 78
check "and is not restarted" is ActiveState failed
check "and the journal names the key" bash -c 'journalctl --quiet -u linnet | grep -q no-such-key'

check "exposure is at most 3.0" systemd-analyze security --no-pager --threshold=30 linnet.service
printf 'exposure: %s\n' "$(systemd-analyze security --no-pager linnet.service | tail -n 1)"
echo "all checks ran"
