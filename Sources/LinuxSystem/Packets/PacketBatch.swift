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

    /// Receives what is there, gives each that can be answered to `answer`, and sends the replies. Returns how many there
    /// were: fewer than `size` if no more waits.
    func serve(
        _ server: PacketServer,
        _ answer: (Span<UInt8>, PacketOrigin, inout OutputSpan<UInt8>) -> Void
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
            answer(unsafe Span(_unsafeStart: query, count: length), origin, &reply)
            unsafe linnet_datagrams_set_reply(batch, index, reply.finalize(for: room))
        }
        // What cannot be sent is lost, as it may be on its way: who asked asks again.
        _ = unsafe linnet_datagrams_send(batch, descriptor, count)
        return Int(count)
    }
}
