import HTTPWire
import NetworkTypes

extension Workbench {
    /// Where a request goes.
    enum Place {
        case found(Route)
        case nowhere
        /// Its path cannot be made sense of.
        case refused
    }

    /// Finds the route of the request that was parsed last.
    ///
    /// - Parameter octets: its head.
    mutating func place(of octets: Span<UInt8>, over entryPoint: EntryPoint) -> Place {
        guard hosts.normalise(octets, requestParser.head.authority) else { return .refused }
        isPathRewritten = false
        // Neither names a path: what is asked is the host as a whole.
        if requestParser.head.form == .asterisk || requestParser.head.path.isEmpty {
            return place(over: entryPoint, path: root.span)
        }
        switch paths.normalise(
            octets.extracting(requestParser.head.path),
            mergingSlashes: table.configuration.mergesSlashes
        ) {
        case .asIs: return place(over: entryPoint, path: octets.extracting(requestParser.head.path))
        case .rewritten:
            isPathRewritten = true
            return place(over: entryPoint, path: paths.octets.span)
        case .refused: return .refused
        }
    }

    private func place(over entryPoint: EntryPoint, path: Span<UInt8>) -> Place {
        table.route(host: hosts.octets.span, path: path, over: entryPoint).map { .found($0) } ?? .nowhere
    }

    /// Where the cookie of the request that was parsed last leads.
    func seat(in octets: Span<UInt8>, of seats: StickySeats) -> StickySeats.Seat? {
        let fields = requestParser.head.fields
        for index in 0..<fields.count where fields[index].name == .cookie {
            if let seat = seats.seat(in: octets.extracting(fields[index].valueRange)) { return seat }
        }
        return nil
    }

    /// Whether the request that was parsed last is a call of gRPC.
    func isRemoteCall(_ octets: Span<UInt8>) -> Bool {
        guard let type = requestParser.head.fields.first(.contentType)?.valueRange, type.count >= callType.count else {
            return false
        }
        for index in callType.indices where octets[type.lowerBound + index] | 0x20 != callType[index] | 0x20 {
            return false
        }
        return true
    }

    /// How often the request that was parsed last has left for a name outside the cluster.
    func timesSentOutside(_ octets: Span<UInt8>) -> Int {
        let fields = requestParser.head.fields
        // The head is copied only where there may be marks.
        for index in 0..<fields.count where fields[index].nameRange.count == LoopMark.fieldName.utf8.count {
            guard fields[index].name == .other else { continue }
            return LoopMark.count(in: HeadFields(fields, in: octets, length: octets.count))
        }
        return 0
    }

    /// What rules may know of the request that was parsed last.
    func facts(_ octets: Span<UInt8>, _ client: borrowing ClientConnection) -> RequestFacts {
        let head = requestParser.head
        return RequestFacts(
            head,
            in: octets,
            length: octets.count,
            host: hosts,
            path: isPathRewritten ? paths.octets.span : octets.extracting(head.path),
            client: client.address,
            peer: client.forwarded
        )
    }

    /// Writes the head of the request that was parsed last, for the endpoint.
    ///
    /// - Parameter edits: what rules have changed of it.
    mutating func writeRequest(
        _ octets: Span<UInt8>,
        _ client: borrowing ClientConnection,
        _ exchange: borrowing Exchange,
        _ edits: HeadEdits?
    ) {
        let head = requestParser.head
        let method = octets.extracting(head.methodRange)
        if head.form == .origin, !isPathRewritten, head.isQueryPlain, edits?.path == nil {
            effects.toUpstream.appendRequestLine(method: method, target: octets.extracting(head.target))
        } else if head.method == .options, head.path.isEmpty, head.query == nil, edits?.path == nil {
            // RFC 9112 section 3.2.4: the host as a whole is meant, and no path of it.
            effects.toUpstream.append("OPTIONS * HTTP/1.1\r\n" as StaticString)
        } else if head.form == .asterisk {
            effects.toUpstream.appendRequestLine(method: method, target: octets.extracting(head.path))
        } else {
            effects.toUpstream.append(method)
            effects.toUpstream.append(" " as StaticString)
            if let path = edits?.path {
                effects.toUpstream.append(path)
            } else if head.path.isEmpty {
                effects.toUpstream.append("/" as StaticString)
            } else if isPathRewritten {
                effects.toUpstream.append(paths.octets)
            } else {
                effects.toUpstream.append(octets, head.path)
            }
            effects.toUpstream.appendQuery(of: head, in: octets)
            effects.toUpstream.append(" HTTP/1.1\r\n" as StaticString)
        }
        if let host = edits?.host {
            effects.toUpstream.appendField(name: "Host", value: host.span)
        } else {
            writeHost(octets, exchange)
        }
        let isTrusted = client.forwarded.isTrusted
        effects.toUpstream.appendFields(copy: head.fields, of: octets) { field in
            guard !field.name.isHopByHop, field.name != .host,
                !ForwardedFields.drops(field.name, ofTrusted: isTrusted)
            else { return false }
            if field.name == .other,
                ForwardedFields.drops(otherName: octets.extracting(field.nameRange), ofTrusted: isTrusted)
            {
                return false
            }
            // RFC 9110 section 10.1.1: of HTTP/1.0 it is ignored, and the head goes on as one of HTTP/1.1.
            if field.name == .expect, head.minorVersion == 0 { return false }
            if let edits, edits.request.removes(octets.extracting(field.nameRange)) { return false }
            return !head.isNominated(field, in: octets)
        }
        if let edits {
            writeEdits(octets, client, edits)
        } else if isTrusted {
            writeEdits(octets, client, HeadEdits())
        } else {
            writeForwarded(octets, client)
        }
        if exchange.backend?.isOutside == true { effects.toUpstream.append(LoopMark.field) }
        switch head.body {
        case .none: break
        case .octets(let count): effects.toUpstream.appendField(name: "Content-Length", decimal: count)
        case .chunked: effects.toUpstream.appendField(name: "Transfer-Encoding", value: "chunked")
        }
        if let name = head.upgradeProtocol {
            effects.toUpstream.appendField(name: "Connection", value: "Upgrade")
            effects.toUpstream.appendField(name: "Upgrade", value: octets.extracting(name))
        } else if head.options.contains(.acceptsTrailers) {
            // RFC 9110 section 10.1.4.
            effects.toUpstream.appendField(name: "Connection", value: "TE")
            effects.toUpstream.appendField(name: "TE", value: "trailers")
        }
        effects.toUpstream.append("\r\n" as StaticString)
    }

    /// What rules put in, and what they leave of the fields that say who asks.
    private mutating func writeEdits(
        _ octets: Span<UInt8>,
        _ client: borrowing ClientConnection,
        _ edits: HeadEdits
    ) {
        let received = HeadFields(requestParser.head.fields, in: octets, length: octets.count)
        let fields = client.forwarded.fields(received, host: hosts.octets, port: hosts.port, edits.request)
        for field in fields + edits.request.added {
            effects.toUpstream.appendField(name: field.name.span, value: field.value.span)
        }
    }

    private mutating func writeForwarded(_ octets: Span<UInt8>, _ client: borrowing ClientConnection) {
        effects.toUpstream.append(client.forwarded.lines)
        if let authority = requestParser.head.authority {
            effects.toUpstream.appendField(name: "X-Forwarded-Host", value: octets.extracting(authority))
        }
        let port = hosts.port ?? client.forwarded.defaultPort
        effects.toUpstream.appendField(name: "X-Forwarded-Port", decimal: UInt64(port))
    }

    /// RFC 9112 section 3.2: the first field, so that nobody has to look for it.
    private mutating func writeHost(_ octets: Span<UInt8>, _ exchange: borrowing Exchange) {
        if exchange.backend?.passesHost ?? true {
            if let authority = requestParser.head.authority {
                effects.toUpstream.appendField(name: "Host", value: octets.extracting(authority))
            } else {
                effects.toUpstream.append("Host: \r\n" as StaticString)
            }
        } else {
            // Another endpoint that is tried in place of this one gets the same.
            effects.toUpstream.append("Host: " as StaticString)
            effects.toUpstream.append(exchange.endpoint?.authority ?? "")
            effects.toUpstream.append("\r\n" as StaticString)
        }
    }
}
