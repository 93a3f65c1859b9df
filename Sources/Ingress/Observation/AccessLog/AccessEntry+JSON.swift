import ClusterState
import HTTPWire
import LinuxSystem
import NetworkTypes

extension AccessEntry {
    /// Appends an object on one line, with the names that Traefik has for what it says too. What is not known is left out.
    ///
    /// - Parameter count: of requests so far, this one included.
    func appendJSON(count: UInt64, to line: inout OutputSpan<UInt8>) {
        line.append("{\"ClientAddr\":\"")
        line.append(head.client)
        line.append("\",\"ClientHost\":\"")
        line.append(head.client)
        line.append("\"")
        line.add("ClientUsername", head.user)
        line.add("DownstreamContentSize", responseOctets)
        line.add("DownstreamStatus", UInt64(status))
        line.add("Duration", Self.nanoseconds(duration))
        if isOfEndpoint {
            line.add("OriginContentSize", responseOctets)
            line.add("OriginStatus", UInt64(status))
        }
        if let originDuration {
            line.add("OriginDuration", Self.nanoseconds(originDuration))
            line.add("Overhead", Self.nanoseconds(duration - originDuration))
        }
        line.add("Reason", reason)
        addRequest(to: &line)
        line.add("RequestCount", count)
        line.add("RetryAttempts", UInt64(retries))
        addRoute(to: &line)
        line.append(",\"StartUTC\":\"")
        Timestamp(head.time).append(to: &line)
        line.append("\"")
        line.add("TLSCipher", head.secure?.cipherName)
        line.add("TLSVersion", head.secure?.version.rawValue)
        line.add("entryPointName", head.entryPoint.rawValue)
        if let ingress = route?.ingress {
            line.append(",\"KubernetesIngressName\":\"")
            line.append(escaping: ingress.namespace.utf8.span)
            line.append("/")
            line.append(escaping: ingress.name.utf8.span)
            line.append("\"")
        }
        let kept = head.octets
        let octets = kept.span
        if let referer = head.referer { line.add("request_Referer", octets.extracting(referer)) }
        if let userAgent = head.userAgent { line.add("request_User-Agent", octets.extracting(userAgent)) }
        if let requestID = head.requestID { line.add("request_X-Request-Id", octets.extracting(requestID)) }
        line.append(",\"level\":\"info\",\"msg\":\"\",\"time\":\"")
        Timestamp(head.time + Double(duration) / 1_000).append(to: &line)
        line.append("\"}")
    }

    private func addRequest(to line: inout OutputSpan<UInt8>) {
        let kept = head.octets
        let octets = kept.span
        let authority = octets.extracting(head.authority)
        // A colon within brackets is part of an address.
        let mark = authority.indices.last { authority[$0] == Self.colon || authority[$0] == UInt8(ascii: "]") }
        let colon = mark.flatMap { authority[$0] == Self.colon ? $0 : nil }
        line.add("RequestAddr", authority)
        line.add("RequestContentSize", requestOctets)
        line.add("RequestHost", authority.extracting(..<(colon ?? authority.count)))
        line.add("RequestMethod", octets.extracting(head.method))
        line.add("RequestPath", octets.extracting(head.target))
        if let colon {
            line.add("RequestPort", authority.extracting((colon + 1)...))
        } else {
            line.append(",\"RequestPort\":\"-\"")
        }
        line.append(",\"RequestProtocol\":\"")
        line.append(head.version)
        line.append(head.entryPoint == .websecure ? "\",\"RequestScheme\":\"https\"" : "\",\"RequestScheme\":\"http\"")
    }

    private func addRoute(to line: inout OutputSpan<UInt8>) {
        line.add("RouterName", routerName)
        line.add("ServiceName", serviceName)
        guard let endpoint else { return }
        line.append(",\"ServiceURL\":\"")
        line.append(urlOf: endpoint)
        line.append("\"")
    }

    private static let colon = UInt8(ascii: ":")

    private static func nanoseconds(_ milliseconds: Int64) -> UInt64 { UInt64(max(0, milliseconds)) * 1_000_000 }
}

/// Members behind the first one of an object.
extension OutputSpan<UInt8> {
    @inline(__always)
    fileprivate mutating func add(_ name: StaticString, _ text: Span<UInt8>) {
        begin(name)
        append("\"")
        append(escaping: text)
        append("\"")
    }

    @inline(__always)
    fileprivate mutating func add(_ name: StaticString, _ text: String?) {
        if let text { add(name, text.utf8.span) }
    }

    @inline(__always)
    fileprivate mutating func add(_ name: StaticString, _ number: UInt64) {
        begin(name)
        append(decimal: number)
    }

    @inline(__always)
    private mutating func begin(_ name: StaticString) {
        append(",\"")
        append(name)
        append("\":")
    }
}
