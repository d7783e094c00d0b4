#!/bin/bash
# Brings up a real OpenStack Keystone and Cinder on loopback, for the specs.
#
#   RC_BASE            where everything lives (default: a directory named
#                      rsnapshots-openstack-<uid> in the temp dir)
#   RC_KEYSTONE_PORT   15000, or what RC_BASE was made with
#   RC_CINDER_PORT     18776, or what RC_BASE was made with
#   RC_INSTALL         auto (default: apt, when they are missing) | never
#   RC_PYTHON          the system's python3, which sees the packages
#   RC_MAX_LIMIT       1000, the largest page of a listing
#
# Prints the path of a file to source.  Running it again while the cloud is
# up does nothing; after down.sh it starts what is there, data included;
# "down.sh --purge" makes the next one fresh.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
base=${RC_BASE:-${TMPDIR:-/tmp}/rsnapshots-openstack-$(id -u)}
host=127.0.0.1
find_python() { python=${RC_PYTHON:-$(command -pv python3 || echo python3)}; }
find_python
region=${RC_REGION:-RegionOne}
admin_password=${RC_ADMIN_PASSWORD:-adminpw}
service_password=${RC_SERVICE_PASSWORD:-servicepw}
demo_password=${RC_PASSWORD:-demopw}

say() { printf '%s\n' "$*" >&2; }
die() { say "up.sh: $*"; exit 1; }

umask 077
mkdir -p "$base"
[ -O "$base" ] || die "$base belongs to somebody else"
base=$(cd "$base" && pwd -P)
mkdir -p "$base"/{etc,run,log,state,lock}
exec 9>"$base/run/up.lock"
flock 9

# The ports are part of the catalogue, so they cannot change afterwards.
made_with=:
[ ! -s "$base/state/ports" ] || made_with=$(cat "$base/state/ports")
kport=${RC_KEYSTONE_PORT:-${made_with%%:*}}
kport=${kport:-15000}
cport=${RC_CINDER_PORT:-${made_with##*:}}
cport=${cport:-18776}
ports=$kport:$cport
[ "$made_with" = : ] || [ "$made_with" = "$ports" ] ||
    die "$base was made for the ports $made_with"
keystone_url=http://$host:$kport/v3
cinder_url=http://$host:$cport

# alive NAME: is the process of that pid file running, and still ours?
alive() {
    local file=$base/run/$1.pid pid
    [ -s "$file" ] || return 1
    pid=$(cat "$file")
    [ -r "/proc/$pid/cmdline" ] || return 1
    tr '\0' ' ' <"/proc/$pid/cmdline" | grep -qF -- "$base/etc/$1.conf"
}

# answers URL: does anything, with any status, answer there?
answers() {
    "$python" - "$1" <<'PY' 2>/dev/null
import sys, urllib.error, urllib.request
try:
    urllib.request.urlopen(sys.argv[1], timeout=5)
except urllib.error.HTTPError as reply:
    sys.exit(reply.code >= 500)
except Exception:
    sys.exit(1)
PY
}

# wait_for NAME URL SECONDS
wait_for() {
    local limit=$((SECONDS + $3))
    until answers "$2"; do
        alive "$1" || { tail -n 30 "$base/log/$1.out" >&2; die "$1 died"; }
        [ $SECONDS -lt $limit ] || die "$1 does not answer at $2"
        sleep 0.2
    done
}

# start NAME ARGS...: in the background, in its own session
start() {
    local name=$1; shift
    alive "$name" && return 0
    rm -f "$base/run/$name.pid"
    PYTHONPATH=$here/py PYTHONDONTWRITEBYTECODE=1 \
        setsid sh -c 'echo $$ >"$1"; shift; exec "$@"' - \
        "$base/run/$name.pid" "$python" -W ignore "$here/py/rc_$name.py" "$@" \
        </dev/null >>"$base/log/$name.out" 2>&1 9>&- &
    until [ -s "$base/run/$name.pid" ] && alive "$name"; do
        kill -0 $! 2>/dev/null || die "$name does not start"
        sleep 0.05
    done
}

if alive keystone && alive cinder && [ -s "$base/openrc" ] &&
   answers "$keystone_url" && answers "$cinder_url/"; then
    echo "$base/openrc"
    exit 0
fi

# ---------------------------------------------------------------- packages

have_python() { "$python" -c 'import cinder, cinderclient, keystone' 2>/dev/null; }

if ! have_python; then
    [ "${RC_INSTALL:-auto}" = auto ] || die "cinder, cinderclient or keystone is missing"
    say "installing packages"
    sudo=
    [ "$(id -u)" = 0 ] || sudo='sudo -n'
    # Only the libraries: the packages with services are not needed, so
    # nothing is started and no system user or database is made.
    apt_get() {
        $sudo env DEBIAN_FRONTEND=noninteractive apt-get -q \
            -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 "$@" \
            </dev/null >>"$base/log/install.log" 2>&1
    }
    packages=(python3-keystone python3-cinder python3-cinderclient)
    apt_get install -y --no-install-recommends "${packages[@]}" || {
        apt_get update
        apt_get install -y --no-install-recommends "${packages[@]}" || {
            tail -n 20 "$base/log/install.log" >&2
            die "the packages cannot be installed"
        }
    }
    find_python
    have_python || die "installed, yet not importable by $python"
fi

# ----------------------------------------------------------- configuration

echo "$ports" >"$base/state/ports"

cat >"$base/etc/keystone.conf" <<END
[DEFAULT]
log_file = $base/log/keystone.log
use_stderr = false
max_token_size = 512
[database]
connection = sqlite:///$base/state/keystone.sqlite
sqlite_synchronous = false
[token]
provider = fernet
expiration = 86400
[fernet_tokens]
key_repository = $base/state/fernet-keys
[fernet_receipts]
key_repository = $base/state/fernet-receipts
[credential]
key_repository = $base/state/credential-keys
[cache]
enabled = true
backend = oslo_cache.dict
[identity]
password_hash_rounds = 4
[oslo_policy]
policy_file = $base/etc/keystone-policy.yaml
END

cat >"$base/etc/cinder.conf" <<END
[DEFAULT]
host = rsnapshots
my_ip = $host
state_path = $base/state/cinder
log_file = $base/log/cinder.log
use_stderr = false
transport_url = fake:///
auth_strategy = keystone
api_paste_config = $base/etc/cinder-paste.ini
resource_query_filters_file = $base/etc/cinder-filters.json
osapi_volume_listen = $host
osapi_volume_listen_port = $cport
osapi_volume_workers = 1
osapi_max_limit = ${RC_MAX_LIMIT:-1000}
enabled_backends = nothing
default_volume_type = __DEFAULT__
quota_volumes = 1000000
quota_snapshots = 1000000
quota_gigabytes = -1
per_volume_size_limit = -1
service_down_time = 100000000
report_interval = 3600
periodic_fuzzy_delay = 0
graceful_shutdown_timeout = 3
enable_new_services = true
glance_api_servers = http://$host:9
scheduler_default_filters = AvailabilityZoneFilter,CapabilitiesFilter
db_driver = cinder.db
[nothing]
volume_driver = rc_driver.NothingDriver
volume_backend_name = nothing
[database]
connection = sqlite:///$base/state/cinder.sqlite
sqlite_synchronous = false
[coordination]
backend_url = file://$base/state/coordination
[oslo_concurrency]
lock_path = $base/lock
[oslo_policy]
policy_file = $base/etc/cinder-policy.yaml
[keystone_authtoken]
token_cache_time = -1
www_authenticate_uri = $keystone_url
auth_url = $keystone_url
auth_type = password
username = cinder
password = $service_password
user_domain_id = default
project_name = service
project_domain_id = default
service_token_roles_required = true
END

cat >"$base/etc/cinder-paste.ini" <<'END'
[composite:osapi_volume]
use = call:cinder.api:root_app_factory
/ = versions
/healthcheck = health
/v3 = volumes

[pipeline:versions]
pipeline = reqid fault versions_app

[pipeline:health]
pipeline = reqid health_app

[composite:volumes]
use = call:cinder.api.middleware.auth:pipeline_factory
keystone = reqid fault size token context volumes_app

[filter:reqid]
paste.filter_factory = cinder.api.middleware.request_id:RequestId.factory
[filter:fault]
paste.filter_factory = cinder.api.middleware.fault:FaultWrapper.factory
[filter:size]
paste.filter_factory = oslo_middleware.sizelimit:RequestBodySizeLimiter.factory
[filter:token]
paste.filter_factory = keystonemiddleware.auth_token:filter_factory
[filter:context]
paste.filter_factory = cinder.api.middleware.auth:CinderKeystoneContext.factory

[app:volumes_app]
paste.app_factory = cinder.api.v3.router:APIRouter.factory
[app:versions_app]
paste.app_factory = cinder.api.versions:Versions.factory
[app:health_app]
paste.app_factory = oslo_middleware:Healthcheck.app_factory
END

cat >"$base/etc/cinder-filters.json" <<'END'
{
 "volume": ["name", "status", "metadata", "bootable", "availability_zone",
            "size", "created_at", "updated_at", "consumes_quota"],
 "snapshot": ["name", "status", "volume_id", "metadata",
              "availability_zone", "consumes_quota"],
 "group_snapshot": ["name", "status", "group_id"],
 "message": ["resource_uuid", "resource_type", "event_id", "request_id",
             "message_level"]
}
END
: >"$base/etc/keystone-policy.yaml"
: >"$base/etc/cinder-policy.yaml"
mkdir -p "$base"/state/{cinder,coordination,fernet-keys,fernet-receipts,credential-keys}

# --------------------------------------------------------------- databases
# The two migrations run side by side; each leaves a mark when it is done.

keystone_manage() {
    "$python" -W ignore -c '
import sys
from keystone.cmd import manage
sys.argv[0] = "keystone-manage"
sys.exit(manage.main())' --config-file "$base/etc/keystone.conf" "$@"
}

prepare_keystone() {
    rm -f "$base/state/keystone.sqlite"
    keystone_manage db_sync
    local me mine; me=$(id -un); mine=$(id -gn)
    keystone_manage fernet_setup --keystone-user "$me" --keystone-group "$mine"
    keystone_manage credential_setup --keystone-user "$me" --keystone-group "$mine"
    keystone_manage bootstrap --bootstrap-password "$admin_password" \
        --bootstrap-public-url "$keystone_url" --bootstrap-internal-url "$keystone_url" \
        --bootstrap-admin-url "$keystone_url" --bootstrap-region-id "$region"
    touch "$base/state/keystone.ready"
}

prepare_cinder() {
    rm -f "$base/state/cinder.sqlite"
    "$python" -W ignore -c '
import sys
from cinder.cmd import manage
sys.argv[0] = "cinder-manage"
sys.exit(manage.main())' --config-file "$base/etc/cinder.conf" db sync
    touch "$base/state/cinder.ready"
}

jobs_=()
if [ ! -e "$base/state/keystone.ready" ]; then
    (set -e; prepare_keystone) >"$base/log/keystone-prepare.log" 2>&1 9>&- &
    jobs_+=("$!:keystone")
fi
if [ ! -e "$base/state/cinder.ready" ]; then
    (set -e; prepare_cinder) >"$base/log/cinder-prepare.log" 2>&1 9>&- &
    jobs_+=("$!:cinder")
fi
for job in ${jobs_[@]+"${jobs_[@]}"}; do
    wait "${job%%:*}" || {
        tail -n 30 "$base/log/${job##*:}-prepare.log" >&2
        die "the database of ${job##*:} could not be made"
    }
done

# ---------------------------------------------------------------- services

for pair in "keystone:$kport" "cinder:$cport"; do
    name=${pair%%:*} port=${pair##*:}
    if ! alive "$name" && (exec 3<>"/dev/tcp/$host/$port") 2>/dev/null; then
        die "port $port is taken by somebody else"
    fi
done

start keystone "$host" "$kport" "$base/etc/keystone.conf"
start cinder --config-file "$base/etc/cinder.conf"
wait_for keystone "$keystone_url" 90

if [ ! -s "$base/state/provisioned.json" ]; then
    KEYSTONE_URL=$keystone_url CINDER_URL=$cinder_url RC_REGION=$region RC_PROJECT=demo \
    RC_USER=demo RC_PASSWORD=$demo_password \
    RC_ADMIN_PASSWORD=$admin_password RC_SERVICE_PASSWORD=$service_password \
        "$python" "$here/py/rc_provision.py" "$base/state/provisioned.json"
fi
wait_for cinder "$cinder_url/" 90

value() {
    "$python" -c 'import json, sys
print(json.load(open(sys.argv[1]))[sys.argv[2]])' \
        "$base/state/provisioned.json" "$1"
}

cat >"$base/openrc" <<END
export RC_PYTHON=$python
export OS_AUTH_URL=$keystone_url
export OS_IDENTITY_API_VERSION=3
export OS_USERNAME=demo
export OS_PASSWORD=$demo_password
export OS_PROJECT_NAME=demo
export RC_PROJECT_ID=$(value project_id)
export OS_USER_DOMAIN_NAME=Default
export OS_PROJECT_DOMAIN_NAME=Default
export OS_REGION_NAME=$region
export OS_VOLUME_API_VERSION=3
export RC_BASE=$base
export RC_USER_ID=$(value user_id)
export RC_CINDER_URL=$cinder_url
export RC_APP_CRED_ID=$(value app_cred_id)
export RC_APP_CRED_SECRET=$(value app_cred_secret)
export RC_ADMIN_PASSWORD=$admin_password
export RC_SMALL_PROJECT_ID=$(value small_project_id)
export RC_OTHER_PROJECT_ID=$(value other_project_id)
END
echo "$base/openrc"
