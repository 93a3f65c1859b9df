internal import CLinux
internal import Glibc

/// Datagrams that are received and answered many at once.
@safe
final class PacketBatch {
    private let batch: OpaquePointer

    /// Traps when there is no memory left for a thread's first block.
    init() {
        guard let batch = unsafe linnet_datagrams_create() else { preconditionFailure("no memory for datagrams") }
        unsafe self.batch = batch
    }

    deinit {
        unsafe linnet_datagrams_destroy(batch)
    }

    /// How many are received at once.
    static let size = Int(LINNET_DATAGRAMS)

    /// Receives what is there, has a service answer each that can be answered, and sends the replies. Returns how many there
    /// were: fewer than `size` if no more waits.
    ///
    /// The service is a parameter, since a closure over the loop would look up the loop's type for each datagram.
    func serve(
        _ server: PacketServer,
        by service: inout some PacketService,
        _ ports: PacketPorts
    ) throws(SystemCallError) -> Int {
        let descriptor = server.descriptor.rawValue
        let count = try systemCall("recvmmsg") { unsafe linnet_datagrams_receive(batch, descriptor) }
        guard count > 0 else { return 0 }
        for index in 0..<count {
            var length = 0
            var sender = linnet_peer()
            guard let query = unsafe linnet_datagrams_query(batch, index, &length, &sender) else { continue }
            let origin = PacketOrigin(
                transport: .datagram,
                address: PacketAddress(sender),
                port: sender.port,
                scope: sender.scope,
                descriptor: descriptor,
                number: server.number
            )
            let room = unsafe UnsafeMutableBufferPointer(
                start: linnet_datagrams_reply(batch, index),
                count: Int(LINNET_REPLY_SIZE)
            )
            var reply = unsafe OutputSpan(buffer: room, initializedCount: 0)
            let packet = unsafe Span(_unsafeStart: query, count: length)
            let answer = service.answer(packet, from: origin, into: &reply, ports)
            let size = unsafe reply.finalize(for: room)
            if case .done = answer { unsafe linnet_datagrams_set_reply(batch, index, size) }
        }
        // What cannot be sent is lost, as it may be on its way: who asked asks again.
        _ = unsafe linnet_datagrams_send(batch, descriptor, count)
        return Int(count)
    }
}
