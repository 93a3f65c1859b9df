import HTTPWire

extension Workbench {
    /// Writes the head of the response that was parsed last, for the client.
    mutating func writeResponse(
        _ octets: Span<UInt8>,
        _ framing: ResponseFraming,
        isPersistent: Bool,
        _ exchange: borrowing Exchange
    ) {
        let head = responseParser.head
        effects.toClient.appendStatusLine(head.status, reason: octets.extracting(head.reason))
        var hasDate = false
        var hasServer = false
        effects.toClient.appendFields(copy: head.fields, of: octets) { field in
            switch field.name {
            case .date: hasDate = true
            case .server: hasServer = true
            default: break
            }
            if let edits = exchange.responseEdits, edits.removes(octets.extracting(field.nameRange)) { return false }
            return !field.name.isHopByHop && !head.isNominated(field, in: octets)
        }
        for field in exchange.responseEdits?.added ?? [] {
            effects.toClient.appendField(name: field.name.span, value: field.value.span)
        }
        writeStickyCookie(exchange)
        if !hasDate { writeDate() }
        if !hasServer { effects.toClient.append("Server: linnet\r\n" as StaticString) }
        switch framing {
        case .none:
            // What HEAD and 304 say of a length is about the answer to GET.
            if head.status != 204, let length = head.fields.first(.contentLength) {
                effects.toClient.appendField(copy: length, of: octets)
            }
        case .octets(let count): effects.toClient.appendField(name: "Content-Length", decimal: count)
        case .chunked: effects.toClient.appendField(name: "Transfer-Encoding", value: "chunked")
        case .untilClose: break
        }
        endHead(isPersistent: isPersistent, isModern: exchange.isModern)
    }

    /// Has the client come back to the endpoint, unless it would by itself.
    private mutating func writeStickyCookie(_ exchange: borrowing Exchange) {
        guard let seats = exchange.backend?.seats else { return }
        if let seat = exchange.seat, seat.endpoint == exchange.place, !seat.isOld { return }
        effects.toClient.appendField(name: "Set-Cookie", value: seats.cookie(for: exchange.place).span)
    }

    /// Writes the end of a body in chunks, with the fields behind it if the client takes them.
    mutating func writeLastChunk(_ reader: borrowing ChunkedReader, withTrailers: Bool) {
        effects.toClient.appendLastChunk(reader) { withTrailers && !$0.name.isHopByHop }
    }

    /// Writes an interim response (RFC 9110 section 15.2).
    mutating func writeInterimResponse(_ octets: Span<UInt8>) {
        writeUnchanged(octets)
        effects.toClient.append("\r\n" as StaticString)
    }

    /// Writes the head of 101 Switching Protocols.
    mutating func writeUpgradeResponse(_ octets: Span<UInt8>) {
        writeUnchanged(octets)
        effects.toClient.appendField(name: "Connection", value: "Upgrade")
        if let name = responseParser.head.upgradeProtocol {
            effects.toClient.appendField(name: "Upgrade", value: octets.extracting(name))
        }
        effects.toClient.append("\r\n" as StaticString)
    }

    /// Status and fields of a response that has no body, but for what is about the endpoint's connection.
    private mutating func writeUnchanged(_ octets: Span<UInt8>) {
        let head = responseParser.head
        effects.toClient.appendStatusLine(head.status, reason: octets.extracting(head.reason))
        effects.toClient.appendFields(copy: head.fields, of: octets) { field in
            !field.name.isHopByHop && !head.isNominated(field, in: octets)
        }
    }

    /// Writes a response of the proxy's own.
    ///
    /// - Returns: the length of the body that it sends.
    mutating func writeAnswer(
        _ answer: LocalAnswer,
        isPersistent: Bool,
        to exchange: borrowing Exchange
    ) -> UInt64 {
        if exchange.isRemoteCall, answer.status >= 400 { return writeFailure(of: exchange, answer) }
        effects.toClient.appendStatusLine(answer.status)
        for field in answer.fields { effects.toClient.appendField(name: field.name.span, value: field.value.span) }
        let body = answer.body ?? Array("\(Self.words(for: answer.status))\n".utf8)
        if answer.body == nil {
            effects.toClient.append(
                "Content-Type: text/plain; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\n" as StaticString
            )
        }
        effects.toClient.append("Server: linnet\r\n" as StaticString)
        writeDate()
        effects.toClient.appendField(name: "Content-Length", decimal: UInt64(body.count))
        endHead(isPersistent: isPersistent, isModern: exchange.isModern)
        guard exchange.method != .head else { return 0 }
        effects.toClient.append(body)
        return UInt64(body.count)
    }

    /// A call of gRPC fails with its own status, in the fields of a response that is nothing but a head.
    private mutating func writeFailure(of exchange: borrowing Exchange, _ answer: LocalAnswer) -> UInt64 {
        effects.toClient.appendStatusLine(200)
        effects.toClient.appendField(name: "Content-Type", value: "application/grpc")
        effects.toClient.appendField(name: "Grpc-Status", decimal: UInt64(GRPCStatus(answer.status).rawValue))
        // What is wrong is for the operator to know, and not for whoever calls.
        effects.toClient.append("Grpc-Message: \(Self.words(for: answer.status))\r\nServer: linnet\r\n")
        writeDate()
        effects.toClient.append("Content-Length: 0\r\n" as StaticString)
        endHead(isPersistent: false, isModern: true)
        return 0
    }

    /// As Traefik has them.
    private static func words(for status: UInt16) -> String {
        switch status {
        case 404: "404 page not found"
        case 503: "no available server"
        default: "\(StatusCode.reason(status))"
        }
    }

    private mutating func writeDate() {
        effects.toClient.append("Date: " as StaticString)
        effects.toClient.append(date)
        effects.toClient.append("\r\n" as StaticString)
    }

    private mutating func endHead(isPersistent: Bool, isModern: Bool) {
        if !isPersistent {
            effects.toClient.append("Connection: close\r\n\r\n" as StaticString)
        } else if !isModern {
            effects.toClient.append("Connection: keep-alive\r\n\r\n" as StaticString)
        } else {
            effects.toClient.append("\r\n" as StaticString)
        }
    }
}
