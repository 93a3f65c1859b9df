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

    /// Receives what is there, gives each to `answer`, and sends the replies. Returns how many there were: fewer than
    /// `size` if no more waits.
    func serve(
        _ descriptor: Int32,
        _ answer: (Span<UInt8>, PacketOrigin, inout OutputSpan<UInt8>) -> Void
    ) throws(SystemCallError) -> Int {
        let count = try systemCall("recvmmsg") { unsafe linnet_datagrams_receive(batch, descriptor) }
        guard count > 0 else { return 0 }
        for index in 0..<count {
            var length = 0
            let query = unsafe linnet_datagrams_query(batch, index, &length)
            let sender = unsafe linnet_datagrams_sender(batch, index)
            let origin = PacketOrigin(
                transport: .datagram,
                address: PacketAddress(sender),
                port: sender.port,
                descriptor: descriptor,
                stream: 0
            )
            let room = unsafe UnsafeMutableBufferPointer(
                start: linnet_datagrams_reply(batch, index),
                count: Int(LINNET_REPLY_SIZE)
            )
            var reply = unsafe OutputSpan(buffer: room, initializedCount: 0)
            let packet = unsafe Span(_unsafeStart: query!, count: length)
            answer(packet, origin, &reply)
            unsafe linnet_datagrams_set_reply(batch, index, reply.finalize(for: room))
        }
        _ = unsafe linnet_datagrams_send(batch, descriptor, count)
        return Int(count)
    }
}
