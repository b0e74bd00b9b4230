# Directories as grids publish them, served by OpenLDAP. Sourced by scripts/directory and scripts/testbed.
# shellcheck shell=bash disable=SC2154

directory_fixtures=$here/../Tests/Fixtures/ldap

# What is indexed: "min" nothing but object classes; "stock" what the bdii package indexes; "host" the names of hosts too.
directory_indexes() { # directory_indexes SET SUFFIX
    echo "index objectClass eq"
    [ "$1" != min ] || return 0
    case $2 in
        o=grid)
            echo "index GlueCEUniqueID,GlueClusterUniqueID,GlueSubClusterUniqueID eq"
            echo "index GlueCEAccessControlBaseRule,GlueChunkKey eq"
            [ "$1" != host ] || echo "index GlueCEInfoHostName,GlueSubClusterName,Mds-Host-hn eq"
            ;;
        o=glue)
            echo "index GLUE2ServiceID,GLUE2EndpointID,GLUE2ShareID,GLUE2ManagerID,GLUE2ResourceID eq"
            echo "index GLUE2PolicyID,GLUE2PolicyRule,GLUE2DomainID,GLUE2GroupID eq"
            [ "$1" != host ] || echo "index GLUE2ShareServiceForeignKey,GLUE2ResourceManagerForeignKey eq"
            [ "$1" != host ] || echo "index GLUE2ComputingShareComputingServiceForeignKey eq"
            ;;
    esac
}

# slapd.conf on stdout, for databases below a directory. Further words are lines that come before the databases.
directory_configuration() { # directory_configuration DIRECTORY PIDFILE INDEXES [LINE...]
    local place=$1 pidfile=$2 indexes=$3 schema suffix
    shift 3
    for schema in core cosine nis Glue-CORE Glue-MDS Glue-CE Glue-CESEBind Glue-SE GLUE20; do
        echo "include /etc/ldap/schema/$schema.schema"
    done
    cat <<X
include $directory_fixtures/mds2.schema
pidfile $pidfile
modulepath /usr/lib/ldap
moduleload back_mdb
loglevel 0
idletimeout 120
sizelimit unlimited
timelimit 2400
threads 8
tool-threads 2
X
    [ $# = 0 ] || printf '%s\n' "$@"
    for suffix in o=grid o=glue; do
        cat <<X
database mdb
suffix $suffix
rootdn cn=admin,$suffix
directory $place/$suffix
maxsize 4294967296
dbnosync
X
        directory_indexes "$indexes" "$suffix"
    done
}

# Replaces what the databases hold by LDIF files, whose first entries tell the suffixes. Needs a server that is down.
directory_load() { # directory_load DIRECTORY CONFIGURATION FILE...
    local place=$1 configuration=$2 file suffix
    shift 2
    rm -rf "$place/o=grid" "$place/o=glue"
    mkdir -p "$place/o=grid" "$place/o=glue"
    for file in "$@"; do
        suffix=$(sed -n '/^dn: /{s///p;q}' "$file")
        slapadd -q -f "$configuration" -b "$suffix" -l "$file" >&2 || return 1
    done
}

# directory_generate SCHEMA:HOSTSxQUEUES[:SEED] on stdout; SCHEMA may end in "-plain", for hosts without oddities
directory_generate() {
    local schema rest size seed options=()
    IFS=: read -r schema size seed rest <<<"$1"
    case $schema in *-plain) options+=(--plain) ;; esac
    [ -z "$seed" ] || options+=(--seed "$seed")
    [ -z "$rest" ] && case $size in *x*) ;; *) false ;; esac || return 64
    python3 -B "$directory_fixtures/generate.py" "${schema%-plain}" "${size%x*}" "${size#*x}" ${options[@]+"${options[@]}"}
}

# A loopback address of its own, on which every port is free, for practical purposes: grid ports are well-known ones.
directory_address() { echo "127.$((64 + RANDOM % 128)).$((RANDOM % 256)).$((1 + RANDOM % 254))"; }
