import LinuxSystem
import NetworkTypes
import Supervision

/// A port that clients come to, on all addresses of the host.
struct ProxyPlace: Hashable, Sendable {
    let entryPoint: EntryPoint
    let family: AddressFamily
    let port: UInt16

    /// All addresses of the host.
    var address: [UInt8] { [UInt8](repeating: 0, count: family == .ipv4 ? 4 : 16) }

    /// Its sockets are called `http.web.v4.80.0` and so on.
    var sockets: ServerPlace {
        let name = "http.\(entryPoint.rawValue).\(family == .ipv4 ? "v4" : "v6").\(port)"
        return ServerPlace(name, .stream, address, port: port)
    }
}

extension ProxyPlace: CustomStringConvertible {
    var description: String { family == .ipv4 ? "0.0.0.0:\(port)" : "[::]:\(port)" }
}
