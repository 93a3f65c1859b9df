#!/usr/bin/env bash
# Runs linnet.service on a really booted systemd: a minimal Debian tree, built once and kept in a cache, booted by
# systemd-nspawn with a network of its own. Prints a line 'ok …' or 'not ok …' for each check and fails if one failed, or
# if it could not run at all.
#
#   sudo Packaging/lib/booted.sh FOLDER-OF-PROGRAMS
set -uo pipefail
# shellcheck source=Packaging/lib/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

require_root
programs=$(readlink -f "${1:?the folder that holds linnet and linnet-cni}")
[ -x "$programs/linnet" ] && [ -x "$programs/linnet-cni" ] || die "no programs in $programs"
install_packages mmdebstrap systemd-container
packages=systemd,systemd-sysv,dbus,iproute2,procps,nftables,kmod,jq,libmnl0,libnftnl11,libyaml-0-2,libstdc++6
cache=${LINNET_CHECK_CACHE:-/var/cache/linnet-check}
# Another list of packages is another tree.
tree=$cache/bookworm-$(printf '%s' "$packages" | cksum | cut -d' ' -f1)
work=$(mktemp -d)
groups=()
container=
unfinished=

clean_up() {
    local group
    # TERM ends nspawn, by force after ten seconds, and with it all that runs inside.
    if [ -n "$container" ]; then
        kill -TERM "$container" 2>/dev/null
        wait "$container" 2>/dev/null
    fi
    [ -z "$unfinished" ] || rm -rf "$unfinished"
    # The container's own groups are inside.
    for group in "${groups[@]}"; do find "$group" -depth -type d -exec rmdir {} \; 2>/dev/null; done
    rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

build_tree() {
    [ ! -e "$tree/etc/machine-id.made" ] || return 0
    mkdir -p "$cache"
    local new=$tree.new.$$
    unfinished=$new
    note "building $tree (once, about half a minute)"
    timeout --foreground 600 mmdebstrap --quiet --variant=minbase --include="$packages" bookworm "$new" >"$work/tree.log" 2>&1 ||
        { cat "$work/tree.log"; die "the tree could not be built"; }
    printf '%s\n' 4b8a1c0e6f4d4b6f9d0f2c7a5e3b1d90 >"$new/etc/machine-id"
    : >"$new/etc/fstab"
    local unit
    for unit in apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer fstrim.timer \
        systemd-networkd.service systemd-logind.service getty.target console-getty.service \
        systemd-firstboot.service systemd-timesyncd.service; do
        ln -sf /dev/null "$new/etc/systemd/system/$unit"
    done
    : >"$new/etc/machine-id.made"
    # Another check may have put its own there meanwhile, and be using it.
    [ -e "$tree/etc/machine-id.made" ] || rm -rf "$tree"
    mv -T "$new" "$tree" 2>/dev/null || [ -e "$tree/etc/machine-id.made" ] || die "the tree could not be put in place"
    rm -rf "$new"
    unfinished=
}

write_units() {
    mkdir -p "$work/drop-in"
    # A watchdog that a test can wait for, and limits that a container may set.
    printf '[Service]\nWatchdogSec=2s\nLimitNOFILE=16384\nOOMScoreAdjust=0\n' >"$work/drop-in/check.conf"
    cat >"$work/linnet-check.target" <<'UNIT'
[Unit]
Requires=multi-user.target linnet-check.service
After=multi-user.target
AllowIsolate=yes
UNIT
    cat >"$work/linnet-check.service" <<'UNIT'
[Unit]
After=multi-user.target
SuccessAction=exit-force
FailureAction=exit-force

[Service]
Type=oneshot
ExecStart=/usr/bin/bash /check/booted-inside.sh
StandardOutput=file:/check-output/log
StandardError=inherit
TimeoutStartSec=120s
UNIT
}

# nspawn would share the root cgroup otherwise.
enter_own_cgroup() {
    local procs group
    for procs in /sys/fs/cgroup/cgroup.procs /sys/fs/cgroup/*/cgroup.procs; do
        [ -w "$procs" ] || continue
        group=${procs%/*}/linnet-check-$$
        mkdir "$group" 2>/dev/null || continue
        groups+=("$group")
    done
}

boot() {
    local runtime binds=() group
    # A debug build finds the Swift runtime in the toolchain.
    runtime=$(ldd "$programs/linnet" | awk '/libswiftCore/ { print $3 }')
    [ -z "$runtime" ] || binds+=("--bind-ro=${runtime%/*}")
    mkdir -p "$work/output"
    (
        for group in "${groups[@]}"; do printf '%s' "$BASHPID" >"$group/cgroup.procs" 2>/dev/null; done
        SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 SYSTEMD_NSPAWN_LOCK=0 exec timeout --kill-after=10 180 systemd-nspawn \
            --quiet --register=no --keep-unit --directory="$tree" --volatile=overlay --private-network \
            --resolv-conf=off --timezone=off --link-journal=no --console=pipe --machine=linnet-check \
            --capability=CAP_NET_ADMIN,CAP_NET_RAW,CAP_BPF,CAP_SYS_ADMIN,CAP_SYS_PTRACE --system-call-filter=bpf \
            --bind-ro="$programs/linnet:/usr/bin/linnet" --bind-ro="$programs/linnet-cni:/usr/bin/linnet-cni" \
            "${binds[@]}" \
            --bind-ro="$repository/Packaging/linnet.service:/etc/systemd/system/linnet.service" \
            --bind-ro="$work/drop-in:/etc/systemd/system/linnet.service.d" \
            --bind-ro="$work/linnet-check.target:/etc/systemd/system/linnet-check.target" \
            --bind-ro="$work/linnet-check.service:/etc/systemd/system/linnet-check.service" \
            --bind-ro="$repository/Packaging/lib:/check" --bind="$work/output:/check-output" \
            --boot systemd.unit=linnet-check.target systemd.log_level=warning
    ) </dev/null >"$work/console" 2>&1 &
    container=$!
    # In the background, since a signal is only obeyed once what runs in the foreground has ended.
    wait "$container"
    local status=$?
    container=
    return "$status"
}

build_tree
write_units
enter_own_cgroup
boot
status=$?
cat "$work/output/log" 2>/dev/null
if ! grep -q '^all checks ran$' "$work/output/log" 2>/dev/null; then
    tail -n 40 "$work/console"
    printf 'not ok the checks ran to their end on a booted systemd (nspawn ended with %d)\n' "$status"
    exit 1
fi
! grep -q '^not ok' "$work/output/log"
