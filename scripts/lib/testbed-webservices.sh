# The test grid's containers of web services, one for each dialect. Sourced by scripts/testbed.
# shellcheck shell=bash disable=SC2034,SC2154

webservices=(ws40 ws42)

# What a container reads at start, so that one of yesterday's code is not kept.
configure_webservices() {
    mkdir -p "$dir/ws"
    put "$dir/etc/webservices.sources" < <(cat "$here"/../Tests/Fixtures/wsgram/*.py)
}

start_container() {
    local dialect=4.0
    [ "$1" = ws40 ] || dialect=4.2
    launch "$1" "$here/../Tests/Fixtures/wsgram/container.py" --gt "$dialect" --port "$(port_of "$1")" --host "$host" \
        --cert "$dir/users/host-cert.pem" --key "$dir/users/host-key.pem" --ca-dir "$dir/certificates" \
        --gridmap "$dir/etc/grid-mapfile" --state "$dir/ws/$1" --environment "$marker" \
        --environment "X509_CERT_DIR=$dir/certificates" --pidfile "$dir/run/$1.pid"
}
