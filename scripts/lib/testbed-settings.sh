# Settings of the test grid, derived from the environment, and the helpers every part uses. Sourced by scripts/testbed.
# shellcheck shell=bash disable=SC2034

dir=${TESTBED_DIR:-${TMPDIR:-/tmp}/gw-testbed-$UID}
dir=${dir%/}
umask 022
PATH=$PATH:/usr/sbin:/sbin

say() { printf 'testbed: %s\n' "$*" >&2; }
die() {
    say "$*"
    exit 1
}

if [ "$UID" = 0 ]; then job_user=${TESTBED_USER:-gwtest}; else job_user=$(id -un); fi

# Every process of the grid carries this entry in its environment, so that "down" finds all of them and nothing else.
marker=GW_TESTBED_STATE=$dir
perl_library=$dir/perl

# The host's own name, as on a real grid, where that name is loopback; GridFTP listens on 127.0.0.1 only.
default_host() {
    local name
    name=$(hostname -f 2>/dev/null || hostname 2>/dev/null || true)
    if [ -n "$name" ] && getent ahostsv4 "$name" | grep -q '^127\.0\.0\.1 '; then echo "$name"; else echo localhost; fi
}
host=${TESTBED_HOST:-$(default_host)}

# "env" and "status" speak of the grid as "up" left it, whatever the environment says now.
recall() { if [ -s "$dir/run/identity" ]; then read -r host job_user <"$dir/run/identity"; fi; }

check_settings() {
    case $dir in
        /*) ;;
        *) die "TESTBED_DIR=$dir must be an absolute path" ;;
    esac
    case $dir in
        *[!A-Za-z0-9._/+-]*) die "TESTBED_DIR=$dir may hold letters, digits and . _ / + - only:" \
            "the servers split their configuration at blanks without quoting" ;;
    esac
    # The job manager adds /jm/USER/HOST/fork.poll.12345678.sock to it, and a UNIX socket's path must fit 108 bytes.
    local longest="$dir/jm/$job_user/$host/fork.poll.12345678.sock"
    [ ${#longest} -lt 108 ] ||
        die "TESTBED_DIR=$dir is $((${#longest} - 107)) characters too long: a UNIX socket below it must stay under 108"
    if [ -L "$dir" ]; then die "TESTBED_DIR=$dir is a symbolic link; refusing to follow it"; fi
    if [ -e "$dir" ] && [ ! -d "$dir" ]; then die "TESTBED_DIR=$dir is not a directory"; fi
    if [ -e "$dir" ] && [ ! -O "$dir" ]; then die "TESTBED_DIR=$dir belongs to somebody else"; fi
}

need_commands() {
    local name
    for name in "$@"; do
        command -v "$name" >/dev/null || die "$name is missing; run: scripts/packages grid"
    done
}

# One writer at a time. Descriptor 9 holds the lock; servers are started without it.
lock() {
    mkdir -p "$dir"
    exec 9>"$dir/lock"
    flock -w 120 9 || die "another testbed command has been busy in $dir for two minutes"
}

# Replaces FILE with stdin in one step, and only when it differs. Sets changed=1 then.
changed=0
put() {
    local new
    new=$(mktemp "$1.XXXXXX")
    cat >"$new"
    if cmp -s "$new" "$1"; then
        rm -f "$new"
    else
        chmod 644 "$new"
        mv -f "$new" "$1"
        changed=1
    fi
}

prepare_state() {
    if [ "$UID" = 0 ] && ! id "$job_user" >/dev/null 2>&1; then
        say "making the account $job_user for jobs"
        useradd --create-home --shell /bin/bash "$job_user"
    fi
    mkdir -p "$dir"/{ca,certificates,users,run,log,etc,services,perl}
    echo "$host $job_user" | put "$dir/run/identity"
    # what the job manager, which runs as the job account, writes
    if [ "$UID" = 0 ]; then
        install -d -o "$job_user" "$dir"/{jm,seg}
        runuser -u "$job_user" -- test -r "$dir/certificates" ||
            die "TESTBED_DIR=$dir must be reachable for the job account $job_user"
    else
        mkdir -p "$dir"/{jm,seg}
    fi
}
