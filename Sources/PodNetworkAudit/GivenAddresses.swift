package import LinuxSystem
import NetworkTypes
package import PodNetwork

/// Which addresses were given since one start of the machine: whatever of it is still there after the next is nobody's.
package struct GivenAddresses: Hashable, Sendable {
    package var boot: BootID
    package var files: [GivenReservation]

    package init(boot: BootID, files: [GivenReservation]) {
        self.boot = boot
        self.files = files
    }

    /// Where it is kept, of all that the state directory holds.
    package static func file(in stateDirectory: String) -> StateFile {
        StateFile("\(stateDirectory)/addresses", kind: "addresses", version: 1)
    }

    /// The boot, and a line for each address with what its file says.
    package var content: [UInt8] {
        var text = "\(boot)\n"
        for file in files {
            let reservation = file.reservation
            let giver = reservation.isOwn ? "own" : "other"
            let pod = "\(reservation.container) \(reservation.interface ?? "")"
            text += "\(reservation.address) \(file.written) \(giver) \(pod)\n"
        }
        return Array(text.utf8)
    }

    /// Nil if it is not what `content` makes.
    package init?(_ content: [UInt8]) {
        let lines = String(decoding: content, as: UTF8.self).split(separator: "\n")
        guard let first = lines.first, let boot = BootID(first) else { return nil }
        self.boot = boot
        files = []
        for line in lines.dropFirst() {
            let words = line.split(separator: " ", omittingEmptySubsequences: false)
            guard words.count == 5, let written = Int64(words[1]), let address = try? IPAddress(parsing: words[0])
            else {
                return nil
            }
            let reservation = Reservation(
                address,
                container: String(words[3]),
                interface: words[4].isEmpty ? nil : String(words[4]),
                isOwn: words[2] == "own"
            )
            files.append(GivenReservation(reservation, written: written))
        }
    }
}
