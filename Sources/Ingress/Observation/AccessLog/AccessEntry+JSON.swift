import JSONText
import LinuxSystem

extension AccessEntry {
    /// An object on one line, with the names that Traefik has for what it says too. What is not known is left out.
    ///
    /// - Parameter count: of requests so far, this one included.
    func json(count: UInt64) -> String {
        var object = JSONLine()
        object.add("ClientAddr", "\(head.client)")
        object.add("ClientHost", "\(head.client)")
        object.add("ClientUsername", head.user)
        object.add("DownstreamContentSize", responseOctets)
        object.add("DownstreamStatus", UInt64(status))
        object.add("Duration", Self.nanoseconds(duration))
        if reason == nil, serverURL != nil {
            object.add("OriginContentSize", responseOctets)
            object.add("OriginStatus", UInt64(status))
        }
        if let originDuration {
            object.add("OriginDuration", Self.nanoseconds(originDuration))
            object.add("Overhead", Self.nanoseconds(duration - originDuration))
        }
        object.add("Reason", reason)
        addRequest(to: &object)
        object.add("RequestCount", count)
        object.add("RetryAttempts", UInt64(retries))
        object.add("RouterName", routerName)
        object.add("ServiceName", serviceName)
        object.add("ServiceURL", serverURL)
        object.add("StartUTC", "\(Timestamp(head.time))")
        object.add("TLSCipher", head.secure?.cipherName)
        object.add("TLSVersion", head.secure?.version.rawValue)
        object.add("entryPointName", head.entryPoint.rawValue)
        object.add("KubernetesIngressName", ingress)
        object.add("request_Referer", head.referer)
        object.add("request_User-Agent", head.userAgent)
        object.add("request_X-Request-Id", head.requestID)
        object.add("level", "info")
        object.add("msg", "")
        object.add("time", "\(Timestamp(head.time + Double(duration) / 1_000))")
        return object.text
    }

    private func addRequest(to object: inout JSONLine) {
        let isSecure = head.entryPoint == .websecure
        // A colon within brackets is part of an address.
        let colon = head.authority.lastIndex(of: ":").flatMap { head.authority[$0...].contains("]") ? nil : $0 }
        object.add("RequestAddr", head.authority)
        object.add("RequestContentSize", requestOctets)
        object.add("RequestHost", colon.map { String(head.authority[..<$0]) } ?? head.authority)
        object.add("RequestMethod", head.method)
        object.add("RequestPath", head.target)
        object.add("RequestPort", colon.map { String(head.authority[$0...].dropFirst()) } ?? "-")
        object.add("RequestProtocol", head.version)
        object.add("RequestScheme", isSecure ? "https" : "http")
    }

    private static func nanoseconds(_ milliseconds: Int64) -> UInt64 { UInt64(max(0, milliseconds)) * 1_000_000 }
}

/// An object of JSON that is written member by member.
private struct JSONLine {
    private var members = ""

    var text: String { "{\(members)}" }

    mutating func add(_ name: String, _ text: String?) {
        guard let text else { return }
        begin(name)
        JSONString.append(text, to: &members)
    }

    mutating func add(_ name: String, _ number: UInt64) {
        begin(name)
        members += "\(number)"
    }

    private mutating func begin(_ name: String) {
        if !members.isEmpty { members += "," }
        members += "\"\(name)\":"
    }
}
