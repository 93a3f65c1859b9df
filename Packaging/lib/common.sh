# Shared by Packaging/check, demo and bench: sourced, never run.
# shellcheck shell=bash

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)

# What the build links against; swift and git themselves come with the toolchain.
build_packages=(git pkg-config libmnl-dev libnftnl-dev libsystemd-dev libyaml-dev)

heading() { printf '\n== %s\n' "$*"; }
note() { printf '   %s\n' "$*"; }
die() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

require_root() {
    [ "$(id -u)" -eq 0 ] || die "needs root, since it makes network namespaces: sudo $0"
}

# Installs the Debian packages that are missing; says nothing when none is.
install_packages() {
    local missing=() package
    for package in "$@"; do
        [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    heading "Installing Debian packages: ${missing[*]}"
    # A fresh machine has no package lists, or old ones.
    apt-get update -q || die "apt-get update failed; the packages above are needed"
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" ||
        die "apt-get could not install: ${missing[*]}"
}

# Puts swift on PATH: sudo replaces PATH by its own, which seldom has a toolchain in it.
find_swift() {
    command -v swift >/dev/null && return 0
    local candidate home
    home=$(getent passwd "${SUDO_USER:-root}" | cut -d: -f6)
    for candidate in /opt/swift/usr/bin /usr/local/swift/usr/bin /usr/libexec/swift/bin \
        "$home/.local/share/swiftly/bin" "$home/.swiftly/bin" "$home/swift/usr/bin"; do
        if [ -x "$candidate/swift" ]; then
            PATH=$candidate:$PATH
            export SWIFTLY_HOME_DIR=${SWIFTLY_HOME_DIR:-$home/.local/share/swiftly}
            return 0
        fi
    done
    if [ -n "${SUDO_USER:-}" ]; then
        candidate=$(sudo -u "$SUDO_USER" -i sh -c 'command -v swift' 2>/dev/null | tail -n 1)
        if [ -x "$candidate" ]; then
            PATH=$(dirname "$candidate"):$PATH
            return 0
        fi
    fi
    die "no swift on PATH: install the Swift 6.3 toolchain, or pass its folder: sudo env PATH=\"\$PATH\" $0"
}

# Builds the two shipped programs and sets `programs` to the folder that holds them.
build_release() {
    heading "Building the release programs (the first build takes a few minutes)"
    local product
    for product in linnet linnet-cni; do
        swift build --package-path "$repository" -c release --static-swift-stdlib --product "$product" ||
            die "the build failed"
    done
    programs=$(swift build --package-path "$repository" -c release --static-swift-stdlib --show-bin-path)
    [ -x "$programs/linnet" ] && [ -x "$programs/linnet-cni" ] || die "no programs in $programs after the build"
}

# wait_until SECONDS COMMAND…: polls until the command succeeds; false when the time is over.
wait_until() {
    local deadline=$((${EPOCHREALTIME/./} + $1 * 1000000))
    shift
    until "$@" >/dev/null 2>&1; do
        [ "${EPOCHREALTIME/./}" -lt "$deadline" ] || return 1
        pause 0.02
    done
}

# A pause without a process: reading from a pipe that nobody writes to.
pause() {
    [ -n "${pause_pipe:-}" ] || exec {pause_pipe}<> <(:)
    read -rt "$1" -u "$pause_pipe" || true
}

# Ends the processes that run in a namespace and removes it. Only ever given names with a prefix of our own.
remove_namespace() {
    local name=$1 pid
    [ -e "/run/netns/$name" ] || return 0
    for pid in $(ip netns pids "$name" 2>/dev/null); do kill -KILL "$pid" 2>/dev/null || true; done
    ip netns delete "$name" 2>/dev/null || true
}

# Removes every namespace whose name begins with the prefix.
remove_namespaces() {
    local path
    for path in /run/netns/"$1"*; do
        [ -e "$path" ] || continue
        remove_namespace "${path##*/}"
    done
}

# Names of a prefix that exist now, one a line.
namespaces_named() {
    local path
    for path in /run/netns/"$1"*; do
        [ -e "$path" ] || continue
        printf '%s\n' "${path##*/}"
    done
}
