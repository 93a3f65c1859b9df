import Netlink
package import NetworkTypes

/// An address and whose it is.
package struct Reservation: Hashable, Sendable {
    package let address: IPAddress
    /// Empty after a crash of who reserved it.
    package let container: String
    /// Nil in the files of old host-local versions.
    package let interface: String?
    /// Whether `linnet-cni` gave the address, and not `host-local`: only then the name of the pod's link is known.
    package let isOwn: Bool

    package init(_ address: IPAddress, container: String, interface: String?, isOwn: Bool) {
        self.address = address
        self.container = container
        self.interface = interface
        self.isOwn = isOwn
    }

    /// - Parameter text: the file's content: the container ID and, on the second line, the interface.
    package init(_ address: IPAddress, text: String) {
        self.address = address
        let lines = text.split(whereSeparator: \.isNewline).map { $0.filter { !$0.isWhitespace } }
        container = lines.first.map { String($0) } ?? ""
        interface = lines.count > 1 ? String(lines[1]) : nil
        isOwn = interface != nil && text.hasSuffix(Self.end)
    }

    /// What host-local would write, and the line end that it leaves out and does not mind when it reads.
    static func text(of attachment: CNIAttachment) -> String {
        "\(attachment.container)\(end)\(attachment.interface)\(end)"
    }

    private static let end = "\r\n"

    /// Whose the address is, if the file says it as the plugin writes it.
    package var attachment: CNIAttachment? {
        guard let id = ContainerID(rawValue: container), let name = LinkName(rawValue: interface ?? "") else {
            return nil
        }
        return CNIAttachment(container: id, interface: name)
    }

    package func isOf(_ attachment: CNIAttachment) -> Bool {
        container == attachment.container.rawValue
            && (interface == nil || interface == attachment.interface.rawValue)
    }
}

extension Reservation: CustomStringConvertible {
    /// `10.42.1.7 of 3f9c…`.
    package var description: String { "\(address) of \(container.isEmpty ? "nobody" : container)" }
}

/// A reservation as one file has it: one that was released and given again is another one.
package struct GivenReservation: Hashable, Sendable {
    package let reservation: Reservation
    /// When its file was written by the wall clock, in nanoseconds since 1970: only good for telling files apart.
    package let written: Int64

    package init(_ reservation: Reservation, written: Int64) {
        self.reservation = reservation
        self.written = written
    }
}

/// What came of releasing several addresses.
package struct AddressRelease: Hashable, Sendable {
    package var released: [Reservation] = []
    /// What kept the others, each with its file.
    package var failures: [String] = []

    package init(released: [Reservation] = [], failures: [String] = []) {
        self.released = released
        self.failures = failures
    }
}
