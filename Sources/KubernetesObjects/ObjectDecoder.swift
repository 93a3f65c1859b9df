package import ClusterState
package import YAML

/// Turns Kubernetes objects as people, editors and `kubectl get -o yaml` write them into the model's.
package enum ObjectDecoder {
    /// Everything that the documents hold, lists opened, in order. Empty documents are skipped.
    package static func items(in documents: [YAMLNode]) -> [DecodedItem] {
        documents.filter { !$0.isNull }.flatMap { items(in: $0, path: "") }
    }

    private static func items(in node: YAMLNode, path: String) -> [DecodedItem] {
        do throws(ObjectError) {
            let fields = try Fields(node, path: path)
            let kind = try fields.required("kind", Fields.string)
            let version = try fields.required("apiVersion", Fields.string)
            if kind.hasSuffix("List"), node["items"] != nil { return list(fields, of: kind, version) }
            return [item(fields, kind, version)]
        } catch {
            return [DecodedItem(position: node.position, outcome: .failed(error, key: nil))]
        }
    }

    /// The members of a list. Those of a typed list (`NodeList`) may leave out kind and version.
    private static func list(_ fields: Fields, of kind: String, _ version: String) -> [DecodedItem] {
        do throws(ObjectError) {
            return try fields.elements("items").flatMap { element in
                guard kind != "List", element.node["kind"] == nil else {
                    return items(in: element.node, path: element.path)
                }
                return [item(element, String(kind.dropLast(4)), version)]
            }
        } catch {
            return [DecodedItem(position: fields.node.position, outcome: .failed(error, key: nil))]
        }
    }

    private static func item(_ fields: Fields, _ name: String, _ version: String) -> DecodedItem {
        let position = fields.node.position
        guard let kind = ObjectKind(rawValue: name), kind.apiVersion == version else {
            return DecodedItem(position: position, outcome: .unread(UnreadKind(apiVersion: version, kind: name)))
        }
        var key: ObjectKey?
        do throws(ObjectError) {
            let metadata = try metadata(fields, kind)
            key = ObjectKey(kind, namespace: metadata.namespace, name: metadata.name)
            return DecodedItem(position: position, outcome: .object(try object(fields, kind, metadata)))
        } catch {
            return DecodedItem(position: position, outcome: .failed(error, key: key))
        }
    }

    private static func object(
        _ fields: Fields,
        _ kind: ObjectKind,
        _ metadata: ObjectMetadata
    ) throws(ObjectError) -> ClusterObject {
        switch kind {
        case .node: .node(try Node(fields, metadata))
        case .namespace: .namespace(Namespace(metadata: metadata))
        case .service: .service(try Service(fields, metadata))
        case .endpointSlice: .endpointSlice(try EndpointSlice(fields, metadata))
        case .secret: .secret(try Secret(fields, metadata))
        case .configMap: .configMap(try ConfigMap(fields, metadata))
        case .ingress: .ingress(try Ingress(fields, metadata))
        case .ingressClass: .ingressClass(try IngressClass(fields, metadata))
        case .middleware: .middleware(try Middleware(fields, metadata))
        }
    }

    private static func metadata(_ fields: Fields, _ kind: ObjectKind) throws(ObjectError) -> ObjectMetadata {
        let metadata = try fields.required("metadata", Fields.fields)
        let name = try metadata.required("name", Fields.name)
        return ObjectMetadata(
            name: name,
            namespace: kind.isNamespaced ? try metadata.optional("namespace", Fields.name) ?? "default" : nil,
            labels: try metadata.strings(of: "labels"),
            annotations: try metadata.strings(of: "annotations"),
            createdAt: metadata.node["creationTimestamp"]?.scalar.flatMap { Timestamp.seconds($0.text) }
        )
    }
}

/// One object of a file, or what stands in its place.
package struct DecodedItem: Hashable, Sendable {
    package enum Outcome: Hashable, Sendable {
        case object(ClusterObject)
        /// It cannot be used. The key is known if the name could be read.
        case failed(ObjectError, key: ObjectKey?)
        /// Linnet has no use for this kind.
        case unread(UnreadKind)
    }

    /// Where the object begins.
    package let position: YAMLPosition
    package let outcome: Outcome
}

/// A kind that is not read.
package struct UnreadKind: Hashable, Sendable, CustomStringConvertible {
    package let apiVersion: String
    package let kind: String

    /// `Ingress of extensions/v1beta1 (networking.k8s.io/v1 is read)`.
    package var description: String {
        let read = ObjectKind(rawValue: kind).map { " (\($0.apiVersion) is read)" } ?? ""
        return "\(kind) of \(apiVersion)\(read)"
    }
}

/// What makes an object unusable.
package struct ObjectError: Error, Hashable, Sendable, CustomStringConvertible {
    package let position: YAMLPosition
    /// The field: `spec.podCIDRs[1]`; empty for the object itself.
    package let path: String
    /// What is wrong, as a phrase that follows the field's name.
    package let message: String

    package var description: String { path.isEmpty ? message : "\(path): \(message)" }
}

extension ObjectKind {
    /// The version that is read, as `apiVersion` names it.
    package var apiVersion: String {
        switch self {
        case .node, .namespace, .service, .secret, .configMap: "v1"
        case .endpointSlice: "discovery.k8s.io/v1"
        case .ingress, .ingressClass: "networking.k8s.io/v1"
        case .middleware: "traefik.io/v1alpha1"
        }
    }
}
