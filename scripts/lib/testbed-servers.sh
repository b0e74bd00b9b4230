# Starting, finding and stopping the test grid's servers. Sourced by scripts/testbed.
# shellcheck shell=bash disable=SC2154

grid_servers=(gatekeeper gridftp gridftp2 clientftp "${webservices[@]}")
servers=("${grid_servers[@]}" "${directories[@]}")

# The pids of everything that belongs to this grid: servers and job managers carry the marker, the job manager's scripts
# our Perl library, jobs the marker again.
grid_processes() {
    local file
    grep -lzxF -e "$marker" -e "PERL5LIB=$perl_library" /proc/[0-9]*/environ 2>/dev/null | while read -r file; do
        file=${file#/proc/}
        echo "${file%/environ}"
    done
}

# A pid file proves nothing after a crash: the process must be ours.
is_alive() {
    local pid
    pid=$(cat "$dir/run/$1.pid" 2>/dev/null) && [ -n "$pid" ] && grep -qszxF "$marker" "/proc/$pid/environ"
}

# Servers see neither our lock nor the caller's Globus settings.
launch() {
    local name=$1
    shift
    rm -f "$dir/run/$name.pid"
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C HOME="$HOME" LOGNAME="$(id -un)" "$marker" \
        GLOBUS_HOSTNAME="$host" PERL5LIB="$perl_library" JOB_MANAGER_SEG_LOG_PATH="$dir/seg" \
        setsid --wait env -C / --default-signal "$@" </dev/null >"$dir/log/$name.out" 2>&1 9>&- || true
}

start_server() {
    case $1 in
        gatekeeper) launch "$1" globus-gatekeeper -c "$dir/etc/gatekeeper.conf" ;;
        mds2 | glue) start_directory "$1" ;;
        ws40 | ws42) start_container "$1" ;;
        *) launch "$1" globus-gridftp-server -S -c "$dir/etc/$1.conf" ;;
    esac
}

wait_for_server() {
    local try
    for try in $(seq 200); do
        if is_alive "$1" && is_listening "$(port_of "$1")" "$(address_of "$1")"; then return 0; fi
        sleep 0.05
    done
    return 1
}

# Servers keep running through a repeated "up" unless what they read at start has changed.
start_servers() {
    local name
    if [ "$changed" = 1 ]; then stop_everything; fi
    for name in "${servers[@]}"; do
        is_alive "$name" || start_server "$name"
    done
    for name in "${servers[@]}"; do
        wait_for_server "$name" || die "$name did not start on port $(port_of "$name"):" \
            "$(tail -n 3 "$dir/log/$name.out" "$dir/log/$name.log" 2>/dev/null)"
    done
}

# Job managers outlive their gatekeeper by a minute, jobs and their helpers for as long as they like.
stop_everything() {
    local signal pids try
    for signal in TERM KILL; do
        for try in $(seq 40); do
            mapfile -t pids < <(grid_processes)
            if [ ${#pids[@]} = 0 ]; then break 2; fi
            if [ "$try" = 1 ]; then kill -"$signal" "${pids[@]}" 2>/dev/null || true; fi
            sleep 0.05
        done
    done
    rm -f "$dir"/run/*.pid
    [ ${#pids[@]} = 0 ] || die "these processes do not end: ${pids[*]}"
    # State of job managers that were killed: their successors would try to take up lost jobs.
    rm -rf "$dir"/jm/*
    [ ! -e "$dir/seg/events" ] || : >"$dir/seg/events"
}

stage_drivers() {
    GW_LOCATION='' "$here/install" --no-build --quiet --build "${TESTBED_BUILD:-debug}" "$dir/gridway"
}

require_up() {
    local name
    for name in "${servers[@]}"; do
        [ -n "$(port_of "$name")" ] || die "not set up; run: scripts/testbed up"
    done
    [ -s "$dir/proxy.pem" ] || die "no proxy; run: scripts/testbed up"
}

environment() {
    require_up
    cat <<X
export TESTBED_DIR=$dir
export X509_CERT_DIR=$dir/certificates
export X509_USER_PROXY=$dir/proxy.pem
export GLOBUS_HOSTNAME=$host
export TESTBED_GRAM=$host:$(port_of gatekeeper)
export TESTBED_GSIFTP=gsiftp://$host:$(port_of gridftp)
export TESTBED_GSIFTP2=gsiftp://$host:$(port_of gridftp2)
export TESTBED_MDS2=$(address_of mds2):$(port_of mds2)
export TESTBED_GLUE=$(address_of glue):$(port_of glue)
export TESTBED_GLUE_TLS=$(address_of glue):$ldaps_port
export TESTBED_WS40=$host:$(port_of ws40)
export TESTBED_WS42=$host:$(port_of ws42)
export TESTBED_CA=$dir/ca/cacert.pem
export TESTBED_GSIFTP_CLIENT=gsiftp://$host:$(port_of clientftp)
export TESTBED_JOB_USER=$job_user
export TESTBED_JOB_HOME=$(getent passwd "$job_user" | cut -d: -f6)
export TESTBED_GWD_CONF=$dir/etc/gwd.conf
export TESTBED_GWD_CONF_WS=$dir/etc/gwd-ws.conf
export TESTBED_GWD_CONF_LDAP=$dir/etc/gwd-ldap.conf
export GW_LOCATION=$dir/gridway
X
}

status() {
    local name failed=0
    for name in "${servers[@]}"; do
        if is_alive "$name" && is_listening "$(port_of "$name")" "$(address_of "$name")"; then
            printf '%-10s up    %s port %s pid %s\n' "$name" "$(address_of "$name")" "$(port_of "$name")" "$(cat "$dir/run/$name.pid")"
        else
            printf '%-10s down\n' "$name"
            failed=1
        fi
    done
    if [ $failed = 0 ]; then
        printf '%-10s %s/jobmanager-fork (polls), /jobmanager-fork-seg (events), jobs run as %s\n' \
            gram "$host:$(port_of gatekeeper)" "$job_user"
    fi
    if expires_soon "$dir/proxy.pem" 0; then
        printf '%-10s missing or expired\n' proxy
        failed=1
    else
        printf '%-10s until %s\n' proxy "$(openssl x509 -in "$dir/proxy.pem" -noout -enddate | cut -d= -f2)"
    fi
    printf '%-10s %d staged in %s\n' drivers "$(find "$dir/gridway/bin" -type f 2>/dev/null | wc -l)" "$dir/gridway"
    printf '%-10s %d\n' processes "$(grid_processes | wc -l)"
    return $failed
}
