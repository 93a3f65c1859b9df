import LinuxSystem
package import NIOCore
package import NIOSSL

/// TLS on one connection, as a filter of octets: what came is given to `receive`, what is to leave is drained from
/// `channel`, and events tell what follows. Nothing in it waits or knows of time; all of it happens on one loop's thread.
/// Its owner abandons it when the connection is gone.
package final class SecureSession {
    /// The channel whose octets are TLS.
    package let channel: OctetChannel

    private let room: OctetRoom
    private let handler: NIOSSLHandler
    private var gate: PlaintextGate!
    private var news = SecureNews()
    /// What is sent at the next flush.
    private var outgoing: ByteBuffer?
    private var isEstablished = false
    private var isClosing = false
    private var serverName: String?
    private var cipherSuite: UInt16?

    /// A session with a client.
    package convenience init(servingWith context: NIOSSLContext, in room: OctetRoom) throws {
        try self.init(NIOSSLServerHandler(context: context), OctetChannel(in: room), room)
    }

    /// A session with a server. Its first octets are in the output.
    ///
    /// - Parameters:
    ///   - serverName: what is asked for, and what the certificate is compared with if the context says so; nil for the
    ///     peer's address.
    ///   - peer: the server's address. A context that compares names needs it.
    package convenience init(
        askingWith context: NIOSSLContext,
        serverName: String?,
        peer: SocketAddress?,
        in room: OctetRoom
    ) throws {
        let handler = try NIOSSLClientHandler(context: context, serverHostname: serverName)
        try self.init(handler, OctetChannel(in: room, peer: peer), room)
    }

    private init(_ handler: NIOSSLHandler, _ channel: OctetChannel, _ room: OctetRoom) throws {
        self.handler = handler
        self.channel = channel
        self.room = room
        let gate = PlaintextGate(
            establish: { [unowned self] in establish($0) },
            tell: { [unowned self] in note($0) }
        )
        self.gate = gate
        // From its end on, so that the gate hears all that TLS says.
        try channel.pipeline.syncOperations.addHandler(gate)
        try channel.pipeline.syncOperations.addHandler(handler, position: .first)
    }

    deinit { assert(channel.isClosed, "a session was forgotten that was not abandoned") }

    // MARK: - What comes

    /// Octets came from the peer.
    package func receive(_ ciphertext: Span<UInt8>) {
        channel.receive(ciphertext)
        if !isEstablished { noteHello() }
    }

    /// The peer ended its side of the connection.
    package func receiveEnd() {
        channel.receiveEnd()
    }

    /// The connection is gone.
    package func abandon() {
        channel.abandon()
    }

    /// What happened since the last call; nil once all is told.
    package func nextEvent() -> SecureEvent? { news.next() }

    /// How many octets of plaintext wait to be taken.
    package var plaintextCount: Int { gate.count }

    /// Lends the plaintext that came, if there is any, and removes as many octets of it as `body` says that it took. As
    /// long as some is left, more that comes is copied.
    package func takePlaintext(_ body: (Span<UInt8>) -> Int) {
        gate.take(body)
    }

    // MARK: - What leaves

    /// Adds octets to what the next flush encrypts. Before the handshake is done they wait for it. The library keeps room
    /// for the largest flush that there was as long as the session lasts.
    package func send(_ plaintext: Span<UInt8>) {
        var buffer = outgoing.take() ?? room.take()
        plaintext.withRawSpan { _ = buffer.writeBytes($0) }
        outgoing = buffer
    }

    /// Encrypts what was sent, into as few records as hold it.
    package func flush() {
        guard let buffer = outgoing.take() else { return }
        gate.context?.writeAndFlush(NIOAny(buffer), promise: nil)
        room.giveBack(buffer)
    }

    /// Tells the peer that no more is sent. What it sends still comes.
    package func sendEnd() {
        flush()
        gate.context?.close(mode: .output, promise: nil)
        room.loop.runReady()
    }

    /// Tells the peer that the session ends (close_notify), and does not wait for its answer: the loop's next round closes
    /// the channel. One whose handshake is not done is abandoned.
    package func close() {
        isClosing = true
        guard isEstablished else { return abandon() }
        flush()
        gate.context?.close(mode: .all, promise: nil)
        room.loop.runReady()
    }

    // MARK: - Protocols behind TLS

    /// Puts handlers of a protocol behind TLS, the one next to TLS first. They get the plaintext from now on and write theirs;
    /// events other than that are told as before.
    package func attach(_ handlers: [any ChannelHandler]) throws {
        try channel.pipeline.syncOperations.addHandlers(handlers, position: .last)
        gate.open()
        room.loop.runReady()
    }

    /// What the handler does not tell, it shows while it answers a client's first message.
    private func noteHello() {
        serverName = room.loop.takeServerName() ?? serverName
        if isServer, cipherSuite == nil {
            channel.drain { octets in
                cipherSuite = ServerHello.cipherSuite(in: octets)
                return 0
            }
        }
    }

    private func note(_ event: SecureEvent) {
        // What goes wrong with a session that is being closed concerns nobody.
        if isClosing, case .failed = event { return }
        guard case .failed(let failure) = event, failure.kind == .untrusted,
            let certificate = handler.peerCertificate
        else { return news.add(event) }
        let (from, until) = (Double(certificate.notValidBefore), Double(certificate.notValidAfter))
        news.add(.failed(SecureFailure(untrustedFrom: from, until: until, at: SystemTime.now())))
    }

    private func establish(_ applicationProtocol: String?) {
        isEstablished = true
        let handshake = SecureHandshake(
            applicationProtocol: applicationProtocol,
            serverName: serverName,
            version: handler.tlsVersion == .tlsv12 ? .tls12 : .tls13,
            cipherSuite: cipherSuite
        )
        news.add(.established(handshake))
    }

    private var isServer: Bool { handler is NIOSSLServerHandler }
}
