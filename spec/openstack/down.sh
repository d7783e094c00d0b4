#!/bin/bash
# Stops what up.sh started, and nothing else.  RC_BASE as in up.sh.
# With --purge the data and the configuration go too.
set -euo pipefail

base=${RC_BASE:-${TMPDIR:-/tmp}/rsnapshots-openstack-$(id -u)}

[ -d "$base/run" ] && [ -O "$base" ] || exit 0
base=$(cd "$base" && pwd -P)
exec 9>"$base/run/up.lock"
flock 9

ours() {
    [ -r "/proc/$1/cmdline" ] || return 1
    tr '\0' ' ' <"/proc/$1/cmdline" | grep -qF -- "$base/etc/$2.conf"
}

for name in cinder keystone; do
    file=$base/run/$name.pid
    [ -s "$file" ] || continue
    pid=$(cat "$file")
    if ours "$pid" "$name"; then
        kill -TERM "$pid" 2>/dev/null || true
        for _ in $(seq 50); do
            ours "$pid" "$name" || break
            sleep 0.1
        done
        if ours "$pid" "$name"; then
            kill -KILL "$pid" 2>/dev/null || true
        fi
    fi
    rm -f "$file"
done
if [ "${1:-}" = --purge ]; then
    rm -rf -- "${base:?}"/{etc,log,state,lock,openrc}
fi
