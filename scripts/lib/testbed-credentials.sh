# The test grid's CA, certificates and proxies. Sourced by scripts/testbed.
# shellcheck shell=bash disable=SC2034,SC2154

ca_dn=/O=Grid/OU=Testbed/CN=Testbed-CA
host_dn=/O=Grid/OU=Testbed/CN=$host
test_dn=/O=Grid/OU=Testbed/CN=Test-User
other_dn=/O=Grid/OU=Testbed/CN=Other-User
foreign_dn=/O=Elsewhere/CN=Foreign-User

log_openssl() { openssl "$@" >>"$dir/log/openssl.log" 2>&1 || die "openssl $1 failed, see $dir/log/openssl.log"; }

# expires_soon CERTIFICATE SECONDS: missing counts as expired
expires_soon() { ! openssl x509 -in "$1" -noout -checkend "$2" >/dev/null 2>&1; }

# make_ca DIRECTORY DN: key and self-signed certificate, ten years
make_ca() {
    mkdir -p "$1"
    log_openssl req -x509 -newkey rsa:2048 -nodes -sha256 -days 3650 -subj "$2" \
        -keyout "$1/cakey.pem" -out "$1/cacert.pem" \
        -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign
    chmod 600 "$1/cakey.pem"
}

# issue CA_DIRECTORY NAME DN EXTENSIONS: NAME-cert.pem and NAME-key.pem, one year
issue() {
    local base=$dir/users/$2
    log_openssl req -new -newkey rsa:2048 -nodes -sha256 -subj "$3" -keyout "$base-key.pem" -out "$base.csr"
    chmod 600 "$base-key.pem"
    printf '%s\n' basicConstraints=critical,CA:FALSE "$4" >"$base.ext"
    log_openssl x509 -req -in "$base.csr" -CA "$1/cacert.pem" -CAkey "$1/cakey.pem" \
        -set_serial "0x$(openssl rand -hex 8)" -days 365 -sha256 -extfile "$base.ext" -out "$base-cert.pem"
    rm -f "$base.csr" "$base.ext"
    changed=1
}

# User certificates carry no keyUsage: one without keyCertSign would make servers refuse legacy proxies.
issue_user() {
    case $1 in
        test) issue "$dir/ca" test "$test_dn" "" ;;
        other) issue "$dir/ca" other "$other_dn" "" ;;
        foreign)
            [ -s "$dir/ca/foreign/cacert.pem" ] || make_ca "$dir/ca/foreign" /O=Elsewhere/CN=Foreign-CA
            issue "$dir/ca/foreign" foreign "$foreign_dn" ""
            ;;
    esac
}

trust_ca() {
    local hash
    hash=$(openssl x509 -in "$dir/ca/cacert.pem" -noout -hash)
    rm -f "$dir"/certificates/*
    install -m 644 "$dir/ca/cacert.pem" "$dir/certificates/$hash.0"
    put "$dir/certificates/$hash.signing_policy" <<X
access_id_CA   X509    '$ca_dn'
pos_rights     globus  CA:sign
cond_subjects  globus  '"/O=Grid/OU=Testbed/*"'
X
}

# Renews what ends within two days; a new CA makes everything below it new.
refresh_certificates() {
    local soon=172800
    if expires_soon "$dir/ca/cacert.pem" $soon; then
        rm -rf "$dir"/ca/* "$dir"/users/*
        make_ca "$dir/ca" "$ca_dn"
        trust_ca
    fi
    if expires_soon "$dir/users/host-cert.pem" $soon ||
        [ "$(openssl x509 -in "$dir/users/host-cert.pem" -noout -subject -nameopt compat)" != "subject=$host_dn" ]; then
        issue "$dir/ca" host "$host_dn" "keyUsage=critical,digitalSignature,keyEncipherment
extendedKeyUsage=serverAuth,clientAuth
subjectAltName=DNS:$host,DNS:localhost,IP:127.0.0.1"
    fi
    if expires_soon "$dir/users/test-cert.pem" $soon; then
        issue_user test
        rm -f "$dir/proxy.pem"
    fi
}

refresh_proxy() {
    if expires_soon "$dir/proxy.pem" 43200; then make_proxy test 24:0 "$dir/proxy.pem"; fi
}

# make_proxy USER HOURS:MINUTES FILE [OPTION...]: options are those of grid-proxy-init
make_proxy() {
    local user=$1 valid=$2 file=$3
    shift 3
    local new
    new=$(mktemp "$file.XXXXXX") || die "can not write beside $file"
    X509_CERT_DIR=$dir/certificates grid-proxy-init -q -cert "$dir/users/$user-cert.pem" \
        -key "$dir/users/$user-key.pem" -valid "$valid" -out "$new" "$@" >&2 || die "grid-proxy-init failed"
    mv -f "$new" "$file"
}

# An RFC 3820 proxy that ended yesterday: grid-proxy-init makes none, a signature of our own does.
make_expired_proxy() {
    local base=$dir/users/$1 file=$2 serial new
    serial=$RANDOM$RANDOM
    new=$(mktemp "$file.XXXXXX") || die "can not write beside $file"
    printf '%s\n' keyUsage=critical,digitalSignature proxyCertInfo=critical,language:id-ppl-inheritAll >"$new.ext"
    log_openssl req -new -newkey rsa:2048 -nodes -sha256 -subj "$3/CN=$serial" -keyout "$new.key" -out "$new.csr"
    log_openssl x509 -req -in "$new.csr" -CA "$base-cert.pem" -CAkey "$base-key.pem" -set_serial $serial -days -1 \
        -sha256 -extfile "$new.ext" -out "$new.crt"
    cat "$new.crt" "$new.key" "$base-cert.pem" >"$new"
    rm -f "$new".*
    mv -f "$new" "$file"
}

whole_number() {
    case $1 in "" | 0* | *[!0-9]*) die "--hours and --minutes take a whole number from 1 on" ;; esac
    echo "$1"
}

# write_credential USER [--hours N|--minutes N|--expired|--limited|--legacy] FILE
write_credential() {
    local user=${1:-} valid=24:0 file="" expired=false options=()
    case $user in test | other | foreign) shift ;; *) die "credential of whom? test, other or foreign" ;; esac
    while [ $# -gt 0 ]; do
        case $1 in
            --hours) valid=$(whole_number "${2:-}"):0; shift ;;
            --minutes) valid=0:$(whole_number "${2:-}"); shift ;;
            --expired) expired=true ;;
            --limited) options+=(-limited) ;;
            --legacy) options+=(-old) ;;
            -*) die "unknown option $1" ;;
            *) [ -z "$file" ] || die "one FILE, please"; file=$1 ;;
        esac
        shift
    done
    [ -n "$file" ] || die "which FILE?"
    [ -s "$dir/users/test-cert.pem" ] || die "no certificates yet; run: scripts/testbed up"
    if expires_soon "$dir/users/$user-cert.pem" 172800; then issue_user "$user"; fi
    local dn=${user}_dn
    if $expired; then make_expired_proxy "$user" "$file" "${!dn}"; else
        make_proxy "$user" "$valid" "$file" ${options[@]+"${options[@]}"}
    fi
}
