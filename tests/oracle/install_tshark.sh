#!/bin/sh
# Install tshark, the judge of the tests, what records samples, and a browser, where that takes no password.
# Never fails: tests whose programs are missing skip themselves and say so.
set -u
PATH=$PATH:/usr/sbin:/sbin

missing=
need() { command -v "$1" >/dev/null 2>&1 || missing="$missing $2"; }
need tshark tshark
need tcpdump tcpdump
need ip iproute2
need ethtool ethtool
need nft nftables
need ping iputils-ping
need arping iputils-arping
need traceroute traceroute
need chromium chromium
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
        as_root="sudo -n"
    fi
fi
if command -v apt-get >/dev/null 2>&1 && { [ "$(id -u)" -eq 0 ] || [ -n "$as_root" ]; }; then
    log=$(mktemp)
    patience="-o Acquire::Retries=2 -o Acquire::http::Timeout=30 -o Acquire::https::Timeout=30 -o DPkg::Lock::Timeout=120"
    printf 'Installing%s with apt-get\n' "$missing"
    # shellcheck disable=SC2086 # lists of words
    $as_root apt-get $patience update >"$log" 2>&1 </dev/null
    install() {
        $as_root env DEBIAN_FRONTEND=noninteractive \
            apt-get $patience install -y --no-install-recommends "$@" >>"$log" 2>&1 </dev/null
    }
    if install $missing; then
        rm -f "$log"
        exit 0
    fi
    # One that this system does not know shall not keep the others away.
    lacking=
    for package in $missing; do install "$package" || lacking="$lacking $package"; done
    missing=$lacking
    printf 'apt-get failed: %s\n' "$(grep -E '^(E|W):' "$log" | tail -n 1)"
    rm -f "$log"
fi
printf 'Not installed here:%s; the tests that need them will be skipped (apt-get install%s).\n' "$missing" "$missing"
exit 0
