import ClusterState
import KubernetesObjects
import NetworkTypes
import YAML

/// What follows `<prefix>/objects/`: `<Kind>/<namespace, or _ if the kind has none>/<name>`.
struct ObjectPlace: Hashable {
    let kind: String
    let namespace: String?
    let name: String

    init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/" as Character, omittingEmptySubsequences: false).map { String($0) }
        guard parts.count == 3, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
        kind = parts[0]
        namespace = parts[1] == "_" ? nil : parts[1]
        name = parts[2]
        if let known = ObjectKind(rawValue: kind), known.isNamespaced != (namespace != nil) { return nil }
    }

    /// The one object that a value holds, which has to be the one that its key says.
    static func read(_ value: [UInt8], as key: ObjectKey) throws(ObjectValueError) -> ClusterObject {
        let items: [DecodedItem]
        do throws(YAMLError) {
            items = ObjectDecoder.items(in: try YAMLReader.documents(in: value))
        } catch {
            throw ObjectValueError("line \(error.position.line): \(error.message)")
        }
        guard items.count == 1, let item = items.first else {
            throw ObjectValueError("the value holds \(items.count) objects, not one")
        }
        switch item.outcome {
        case .failed(let error, _): throw ObjectValueError("line \(error.position.line): \(error)")
        case .unread(let kind): throw ObjectValueError("the value is a \(kind)")
        case .object(let object):
            guard object.key == key else { throw ObjectValueError("the value is \(object.key), which has another key") }
            return object
        }
    }
}

/// Why a value is not the object that its key says.
struct ObjectValueError: Error, Hashable, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

extension ClusterObject {
    /// A node without what a lease alone can say.
    var nodeWithoutLease: Node? {
        guard case .node(var node) = self else { return nil }
        node.podCIDRs = PerFamily()
        node.vtep = PerFamily()
        node.vni = nil
        return node
    }
}
