# Configuration of the test grid's servers, and of GridWay for it. Sourced by scripts/testbed.
# shellcheck shell=bash disable=SC2034,SC2154

port_of() { cat "$dir/run/$1.port" 2>/dev/null; }

is_listening() { (exec 3<>"/dev/tcp/${2:-127.0.0.1}/$1") 2>/dev/null; } # is_listening PORT [ADDRESS]

# A port nobody uses, outside the range from which the kernel serves outgoing connections.
pick_port() {
    local low port try
    read -r low _ </proc/sys/net/ipv4/ip_local_port_range || low=32768
    [ "$low" -gt 12000 ] || low=32768
    port=${TESTBED_PORTS:-$((10000 + (RANDOM * 7 + $$) % (low - 10100)))}
    for try in $(seq 100); do
        if ! grep -qsx "$port" "$dir"/run/*.port && ! is_listening "$port"; then
            echo "$port"
            return
        fi
        port=$((port + 1))
    done
    die "no free port found in 100 tries up to $port (tried $try)"
}

# Ports are chosen once and remembered, unless a stranger took one while its server was down.
choose_ports() {
    local name port
    for name in "${grid_servers[@]}"; do
        is_alive "$name" && continue
        port=$(port_of "$name") || port=""
        if [ -z "$port" ] || is_listening "$port"; then
            rm -f "$dir/run/$name.port"
            pick_port >"$dir/run/$name.port.new"
            mv -f "$dir/run/$name.port.new" "$dir/run/$name.port"
            changed=1
        fi
    done
}

configure() {
    local restart
    choose_ports
    choose_addresses
    printf '"%s" %s\n' "$test_dn" "$job_user" | put "$dir/etc/grid-mapfile"
    configure_gatekeeper
    configure_gridftp gridftp
    configure_gridftp gridftp2
    configure_client_gridftp
    configure_events
    configure_directories
    configure_webservices
    restart=$changed
    configure_gridway # nothing a server reads
    changed=$restart
}

configure_gatekeeper() {
    put "$dir/etc/gatekeeper.conf" <<X
-port $(port_of gatekeeper)
-logfile $dir/log/gatekeeper.log
-grid_services $dir/services
-gridmap $dir/etc/grid-mapfile
-x509_cert_dir $dir/certificates
-x509_user_cert $dir/users/host-cert.pem
-x509_user_key $dir/users/host-key.pem
-pidfile $dir/run/gatekeeper.pid
X
    put "$dir/etc/jobmanager.conf" <<X
-globus-gatekeeper-host $host
-globus-gatekeeper-port $(port_of gatekeeper)
-globus-gatekeeper-subject $host_dn
-globus-host-cputype $(uname -m)
-globus-host-manufacturer unknown
-globus-host-osname $(uname -s)
-globus-host-osversion $(uname -r)
-globus-toolkit-version 6.2
-x509-cert-dir $dir/certificates
-state-file-dir $dir/jm
-log-pattern $dir/jm/gram.log
-log-levels FATAL|ERROR|WARN|INFO
-extra-envvars $marker
X
    local line="stderr_log,local_cred - /usr/sbin/globus-job-manager globus-job-manager -conf $dir/etc/jobmanager.conf"
    put "$dir/services/jobmanager" <<<"$line -type fork -service-tag poll"
    put "$dir/services/jobmanager-fork" <<<"$line -type fork -service-tag poll"
    put "$dir/services/jobmanager-fork-seg" <<<"$line -type fork -seg-module fork -service-tag seg"
}

configure_gridftp() { # configure_gridftp NAME [GRIDMAP [LINE]]
    put "$dir/etc/$1.conf" <<X
port $(port_of "$1")
control_interface 127.0.0.1
data_interface 127.0.0.1
hostname 127.0.0.1
threads 1
log_level ERROR,WARN,INFO,TRANSFER
log_single $dir/log/$1.log
log_module stdio:interval=0:buffer=0
pidfile $dir/run/$1.pid
\$X509_CERT_DIR "$dir/certificates"
\$X509_USER_CERT "$dir/users/host-cert.pem"
\$X509_USER_KEY "$dir/users/host-key.pem"
\$GRIDMAP "${2:-$dir/etc/grid-mapfile}"
${3:-}
X
}

# A server on the client's side, as jobs that stage by themselves need one: it maps the test user to whoever runs the
# grid, who may be root.
configure_client_gridftp() {
    printf '"%s" %s\n' "$test_dn" "$(id -un)" | put "$dir/etc/grid-mapfile-client"
    configure_gridftp clientftp "$dir/etc/grid-mapfile-client" "allow_root 1"
}

# Events instead of polls, without /etc and /var: the fork starter writes job events, in the very format that the job
# manager reads, to the file which globus-fork.conf names. Its directory /etc can not be changed by an option, but the
# job manager's script looks for an optional accounting module first; ours points it to our configuration and then
# declines. The job manager wants one file per UTC day in JOB_MANAGER_SEG_LOG_PATH: all days are links to the one log,
# and events from before a day's start are ignored by it.
configure_events() {
    mkdir -p "$perl_library/Globus/GRAM" "$dir/etc/globus"
    put "$perl_library/Globus/GRAM/JobManagerGratia.pm" <<X
use Globus::Core::Paths;
\$Globus::Core::Paths::sysconfdir = '$dir/etc';
0;
X
    put "$dir/etc/globus/globus-fork.conf" <<X
log_path="$dir/seg/events"
mpiexec="no"
mpirun="no"
softenv_dir=""
X
    [ -e "$dir/seg/events" ] || : >"$dir/seg/events"
    if [ "$UID" = 0 ]; then chown "$job_user" "$dir/seg/events"; fi
    local day
    for day in $(seq -1 40); do
        ln -sfn events "$dir/seg/$(date -u -d "$day day" +%Y%m%d)"
    done
}

attributes() { # attributes HOST JOB_MANAGER GRIDFTP_PORT
    local memory disk
    memory=$(awk '/^MemTotal/ { print int($2 / 1024) }' /proc/meminfo)
    disk=$(df -Pm "$dir" | awk 'NR == 2 { print $2 }')
    cat <<X
HOSTNAME="$1" ARCH="$(uname -m)" OS_NAME="$(uname -s)" OS_VERSION="$(uname -r)"
CPU_MODEL="Testbed" CPU_MHZ=2000 CPU_FREE=$((100 * $(nproc))) CPU_SMP=$(nproc) NODECOUNT=$(nproc)
SIZE_MEM_MB=$memory FREE_MEM_MB=$memory SIZE_DISK_MB=$disk FREE_DISK_MB=$disk
FORK_NAME="jobmanager-fork" LRMS_NAME="$2" LRMS_TYPE="fork" SE_HOSTNAME="${1%:*}:$3"
QUEUE_NAME[0]="default" QUEUE_NODECOUNT[0]=$(nproc) QUEUE_FREENODECOUNT[0]=$(nproc) QUEUE_STATUS[0]="enabled"
QUEUE_MAXTIME[0]=0 QUEUE_MAXCPUTIME[0]=0 QUEUE_MAXCOUNT[0]=0 QUEUE_MAXRUNNINGJOBS[0]=0 QUEUE_MAXJOBSINQUEUE[0]=0
QUEUE_DISPATCHTYPE[0]="batch" QUEUE_PRIORITY[0]="normal"
X
}

# The main line-up has two hosts: this one under both its names, where it has two. The SEG one also has a list of its own.
configure_gridway() {
    local port poll seg
    port=$(port_of gatekeeper)
    poll=$host:$port
    seg=localhost:$port
    # gwd tells hosts apart by their names as written; where this machine has no other one, capitals make one.
    [ "$poll" != "$seg" ] || seg=LOCALHOST:$port
    attributes "$poll" jobmanager-fork "$(port_of gridftp)" | put "$dir/etc/poll.attributes"
    attributes "$seg" jobmanager-fork-seg "$(port_of gridftp2)" | put "$dir/etc/seg.attributes"
    put "$dir/etc/host_seg.list" <<<"$seg $dir/etc/seg.attributes"
    {
        echo "$poll $dir/etc/poll.attributes"
        cat "$dir/etc/host_seg.list"
    } | put "$dir/etc/host.list"
    put "$dir/etc/gwd.conf" < <(settings; cat <<X
IM_MAD = static:gw_im_mad_static:-l $dir/etc/host.list:ftp:prews
TM_MAD = ftp:gw_tm_mad_ftp:
EM_MAD = prews:gw_em_mad_prews::rsl
X
    )
    configure_further_line_ups
}

# gwd knows five drivers of a kind at most, and gives jobs to all the hosts that they tell. So each further kind of
# information system has a file of its own.
configure_further_line_ups() {
    local name glue
    # Files of jobs go through the host's GridFTP server; no index knows its port.
    echo "SE_HOSTNAME=\"$host:$(port_of gridftp)\"" | put "$dir/etc/storage.attributes"
    for name in "${webservices[@]}"; do
        echo "$host:$(port_of "$name") $dir/etc/storage.attributes"
    done | put "$dir/etc/host_mds4.list"
    put "$dir/etc/gwd-ws.conf" < <(settings; cat <<X
IM_MAD = mds4:gw_im_mad_mds4:-l $dir/etc/host_mds4.list:ftp:ws
TM_MAD = ftp:gw_tm_mad_ftp:
EM_MAD = ws:gw_em_mad_ws::rsl2
X
    )
    # Hosts of the directories are invented: they can be looked at, but run no jobs.
    glue="-s $(address_of glue) -p $(port_of glue)"
    put "$dir/etc/gwd-ldap.conf" < <(settings; cat <<X
IM_MAD = mds2:gw_im_mad_mds2:-s $(address_of mds2) -p $(port_of mds2) -b o=grid --monitor server:ftp:prews
IM_MAD = mds2_glue:gw_im_mad_mds2_glue:$glue -b o=grid --monitor server:ftp:prews
IM_MAD = bdii:gw_im_mad_bdii:$glue -b o=grid:ftp:prews
IM_MAD = glue2:gw_im_mad_bdii:$glue --schema glue2:ftp:prews
TM_MAD = ftp:gw_tm_mad_ftp:
EM_MAD = prews:gw_em_mad_prews::rsl
X
    )
}

# What every gwd.conf of the grid begins with.
settings() {
    cat <<X
# GridWay for the test grid: times are short, because its jobs are.
GWD_PORT              = 6725
NUMBER_OF_JOBS        = 200
NUMBER_OF_HOSTS       = 10
NUMBER_OF_USERS       = 10
SCHEDULING_INTERVAL   = 2
DISCOVERY_INTERVAL    = 60
MONITORING_INTERVAL   = 30
POLL_INTERVAL         = 10
MAX_ACTIVE_IM_QUERIES = 4
DM_SCHED = flood:gw_sched:-h 10 -u 30 -c 5 -s 15
X
}
