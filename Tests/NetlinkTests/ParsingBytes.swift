import LinuxSystem

@testable import Netlink

// Expectations cannot hold spans: these take the bytes whole.

extension Link {
    init?(_ payload: [UInt8]) { self.init(payload: payload.span.bytes) }
}

extension Address {
    init?(_ payload: [UInt8]) { self.init(payload: payload.span.bytes) }
}

extension Route {
    init?(_ payload: [UInt8]) { self.init(payload: payload.span.bytes) }
}

extension Neighbour {
    init?(_ payload: [UInt8]) { self.init(payload: payload.span.bytes) }
}

extension ForwardingEntry {
    init?(_ payload: [UInt8]) { self.init(payload: payload.span.bytes) }
}

extension Acknowledgement {
    static func refusal(_ payload: [UInt8], _ flags: MessageFlags) -> Refusal? {
        refusal(in: payload.span.bytes, flags: flags)
    }

    static func refusal(dump payload: [UInt8], _ flags: MessageFlags) -> Refusal? {
        refusal(endingDump: payload.span.bytes, flags: flags)
    }
}
