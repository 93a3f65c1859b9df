import HTTPWire
import Metrics

/// What clients ask and how they are answered, as Traefik exports it, of all loops together.
struct TrafficFamilies {
    /// What a kind of request is called, wherever it was counted.
    private struct Series: Hashable {
        /// The entry point, or the service.
        let subject: String
        let status: UInt16
        let method: HTTPMethod
        let isUpgrade: Bool

        init(_ subject: String, _ kind: RequestKind) {
            self.subject = subject
            status = kind.status
            method = kind.method
            isUpgrade = kind.isUpgrade
        }
    }

    private var entryPoints: [Series: RequestTally] = [:]
    private var services: [Series: RequestTally] = [:]
    private var retries: [String: UInt64] = [:]
    private var secure: [SecureRequestKind: UInt64] = [:]
    private var connections: [EntryPoint: Int] = [:]
    private var connects: UInt64 = 0
    private var reuses: UInt64 = 0
    private var failures: [UpstreamFailure.Kind: UInt64] = [:]
    private var handshakeFailures: UInt64 = 0
    private var refusals: [ClientRefusal: UInt64] = [:]
    private var evictions: UInt64 = 0

    init(_ loops: [Traffic]) {
        for loop in loops { add(loop) }
    }

    private mutating func add(_ loop: Traffic) {
        let points = EntryPoint.allCases
        for (kind, tally) in zip(loop.kinds, loop.tallies) {
            if kind.subject < points.count {
                entryPoints[Series(points[kind.subject].rawValue, kind), default: RequestTally()] += tally
            } else {
                let service = loop.services[kind.subject - points.count]
                services[Series(service, kind), default: RequestTally()] += tally
            }
        }
        for (service, count) in zip(loop.services, loop.retries) { retries[service, default: 0] += count }
        secure.merge(loop.secure, uniquingKeysWith: +)
        for point in points { connections[point, default: 0] += loop.connections[point.index] }
        connects += loop.connects
        reuses += loop.reuses
        failures.merge(loop.failures, uniquingKeysWith: +)
        handshakeFailures += loop.handshakeFailures
        refusals.merge(loop.refusals, uniquingKeysWith: +)
        evictions += loop.evictions
    }

    var families: [MetricFamily] {
        [
            requests(entryPoints, "traefik_entrypoint_requests_total", "entrypoint"),
            durations(entryPoints, "traefik_entrypoint_request_duration_seconds", "entrypoint"),
            requestBytes(entryPoints, "traefik_entrypoint_requests_bytes_total", "entrypoint"),
            responseBytes(entryPoints, "traefik_entrypoint_responses_bytes_total", "entrypoint"),
            requests(services, "traefik_service_requests_total", "service"),
            durations(services, "traefik_service_request_duration_seconds", "service"),
            requestBytes(services, "traefik_service_requests_bytes_total", "service"),
            responseBytes(services, "traefik_service_responses_bytes_total", "service"),
            secureRequests, retried, open, upstream, failed,
            MetricFamily(
                "linnet_traefik_handshake_failures_total",
                .counter,
                "Clients' handshakes of TLS that failed.",
                handshakeFailures
            ),
            refused,
            MetricFamily(
                "linnet_traefik_evicted_connections_total",
                .counter,
                "Connections of clients that were closed between requests to make room for others.",
                evictions
            ),
        ]
    }
}

// MARK: - Requests

extension TrafficFamilies {
    private func requests(_ all: [Series: RequestTally], _ name: String, _ label: String) -> MetricFamily {
        family(all, name, .counter, "How many requests were answered.", label) { MetricSample($0, $1.requests) }
    }

    private func durations(_ all: [Series: RequestTally], _ name: String, _ label: String) -> MetricFamily {
        family(all, name, .histogram, "How long requests took, to the end of their responses.", label) {
            labels,
            tally in
            let histogram = MetricHistogram(
                bounds: RequestTally.bounds,
                counts: tally.counts.indices.map { tally.counts[$0] },
                sum: Double(tally.milliseconds) / 1_000
            )
            return MetricSample(labels, histogram)
        }
    }

    private func requestBytes(_ all: [Series: RequestTally], _ name: String, _ label: String) -> MetricFamily {
        family(all, name, .counter, "The bodies of requests.", label) { MetricSample($0, $1.requestOctets) }
    }

    private func responseBytes(_ all: [Series: RequestTally], _ name: String, _ label: String) -> MetricFamily {
        family(all, name, .counter, "The bodies of responses.", label) { MetricSample($0, $1.responseOctets) }
    }

    private func family(
        _ all: [Series: RequestTally],
        _ name: String,
        _ kind: MetricFamily.Kind,
        _ help: String,
        _ label: String,
        _ sample: ([MetricLabel], RequestTally) -> MetricSample
    ) -> MetricFamily {
        let samples = all.map { series, tally in
            let labels = [
                MetricLabel("code", String(series.status)), MetricLabel("method", series.method.metricName),
                MetricLabel("protocol", series.isUpgrade ? "websocket" : "http"), MetricLabel(label, series.subject),
            ]
            return (labels.map(\.value), sample(labels, tally))
        }
        return MetricFamily(name, kind, help, samples.sorted { $0.0.lexicographicallyPrecedes($1.0) }.map(\.1))
    }

    private var secureRequests: MetricFamily {
        let samples = secure.map { kind, count in
            let labels = [
                MetricLabel("tls_version", kind.handshake.version.rawValue),
                MetricLabel("tls_cipher", kind.handshake.cipherName),
                MetricLabel("entrypoint", kind.entryPoint.rawValue),
            ]
            return (labels.map(\.value), MetricSample(labels, count))
        }
        return MetricFamily(
            "traefik_entrypoint_requests_tls_total",
            .counter,
            "How many requests came over TLS.",
            samples.sorted { $0.0.lexicographicallyPrecedes($1.0) }.map(\.1)
        )
    }

    private var retried: MetricFamily {
        MetricFamily(
            "traefik_service_retries_total",
            .counter,
            "How often a request was sent again.",
            retries.sorted { $0.key < $1.key }.map { MetricSample([MetricLabel("service", $0.key)], $0.value) }
        )
    }
}

// MARK: - Connections

extension TrafficFamilies {
    private var open: MetricFamily {
        MetricFamily(
            "traefik_open_connections",
            .gauge,
            "Connections of clients.",
            EntryPoint.allCases.map { point in
                let labels = [MetricLabel("entrypoint", point.rawValue), MetricLabel("protocol", "TCP")]
                return MetricSample(labels, Double(connections[point] ?? 0))
            }
        )
    }

    private var refused: MetricFamily {
        MetricFamily(
            "linnet_traefik_refused_connections_total",
            .counter,
            "Connections of clients that were not taken: full if all that there may be are at work, share if their address"
                + " has its share.",
            ClientRefusal.allCases.map { MetricSample([MetricLabel("reason", $0.rawValue)], refusals[$0] ?? 0) }
        )
    }

    private var upstream: MetricFamily {
        MetricFamily(
            "linnet_traefik_upstream_requests_total",
            .counter,
            "Requests that were sent to endpoints, by whether a connection had to be made or carried others before.",
            [
                MetricSample([MetricLabel("connection", "new")], connects),
                MetricSample([MetricLabel("connection", "kept")], reuses),
            ]
        )
    }

    private var failed: MetricFamily {
        MetricFamily(
            "linnet_traefik_upstream_failures_total",
            .counter,
            "Connections to endpoints that could not be made, and responses that did not come, or not whole.",
            UpstreamFailure.Kind.allCases.map {
                MetricSample([MetricLabel("reason", $0.rawValue)], failures[$0] ?? 0)
            }
        )
    }
}

extension HTTPMethod {
    /// As Traefik has it in labels.
    fileprivate var metricName: String {
        switch self {
        case .other: "EXTENSION_METHOD"
        case .get: "GET"
        case .head: "HEAD"
        case .post: "POST"
        case .put: "PUT"
        case .delete: "DELETE"
        case .connect: "CONNECT"
        case .options: "OPTIONS"
        case .trace: "TRACE"
        case .patch: "PATCH"
        }
    }
}
