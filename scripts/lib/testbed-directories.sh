# The test grid's information systems. Sourced by scripts/testbed.
# shellcheck shell=bash disable=SC2154

directories=(mds2 glue)
ldaps_port=2171

# The well-known ports, which several grids on one machine can have at once when each has addresses of its own.
directory_port() { case $1 in mds2) echo 2135 ;; *) echo 2170 ;; esac; }

address_of() { cat "$dir/run/$1.address" 2>/dev/null || echo 127.0.0.1; }

# Addresses are chosen once and remembered, unless a stranger took one while its server was down.
choose_addresses() {
    local name port
    for name in "${directories[@]}"; do
        is_alive "$name" && continue
        port=$(directory_port "$name")
        echo "$port" | put "$dir/run/$name.port"
        while [ ! -s "$dir/run/$name.address" ] || is_listening "$port" "$(address_of "$name")"; do
            directory_address | put "$dir/run/$name.address"
        done
    done
}

# Both servers share a certificate for their addresses.
refresh_directory_certificate() {
    local certificate=$dir/users/ldap-cert.pem name names=DNS:localhost is_fine=true
    expires_soon "$certificate" 172800 && is_fine=false
    for name in "${directories[@]}"; do
        names+=,IP:$(address_of "$name")
        if $is_fine && openssl x509 -in "$certificate" -noout -checkip "$(address_of "$name")" | grep -q NOT; then
            is_fine=false
        fi
    done
    $is_fine || issue "$dir/ca" ldap /O=Grid/OU=Testbed/CN=ldap "keyUsage=critical,digitalSignature,keyEncipherment
extendedKeyUsage=serverAuth
subjectAltName=$names"
}

# A handful of hosts, so few that a person can read them, with the oddities of real sites.
configure_directories() {
    local name
    refresh_directory_certificate
    mkdir -p "$dir/ldap/mds2" "$dir/ldap/glue"
    directory_generate mds2:6x3 | put "$dir/etc/mds2.ldif"
    directory_generate glue1:6x3 | put "$dir/etc/glue1.ldif"
    directory_generate glue2:6x3 | put "$dir/etc/glue2.ldif"
    for name in "${directories[@]}"; do
        directory_configuration "$dir/ldap/$name" "$dir/run/$name.pid" stock \
            "TLSCACertificateFile $dir/ca/cacert.pem" \
            "TLSCertificateFile $dir/users/ldap-cert.pem" \
            "TLSCertificateKeyFile $dir/users/ldap-key.pem" | put "$dir/etc/$name.conf"
    done
}

# Loaded afresh at each start: a server that was killed may have left half a database.
start_directory() {
    local urls
    urls=ldap://$(address_of "$1"):$(port_of "$1")/
    case $1 in
        mds2) directory_load "$dir/ldap/mds2" "$dir/etc/mds2.conf" "$dir/etc/mds2.ldif" ;;
        glue)
            urls+=" ldaps://$(address_of glue):$ldaps_port/"
            directory_load "$dir/ldap/glue" "$dir/etc/glue.conf" "$dir/etc/glue1.ldif" "$dir/etc/glue2.ldif"
            ;;
    esac || die "slapadd refuses the entries of $1"
    launch "$1" slapd -f "$dir/etc/$1.conf" -h "$urls"
}
