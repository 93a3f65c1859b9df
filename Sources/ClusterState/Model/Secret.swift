/// Keys, certificates and passwords (v1 Secret). Printing one shows no values.
package struct Secret: Hashable, Sendable {
    package var metadata: ObjectMetadata
    /// `Opaque`, `kubernetes.io/tls`, …
    package var type: String
    /// Decoded from base64, `stringData` merged in.
    package var data: [String: [UInt8]]

    package init(metadata: ObjectMetadata, type: String = "Opaque", data: [String: [UInt8]] = [:]) {
        self.metadata = metadata
        self.type = type
        self.data = data
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String {
        "Secret \(metadata.namespacedName) (\(type): \(data.keys.sorted().joined(separator: ", ")))"
    }

    package var debugDescription: String { description }

    package var customMirror: Mirror { Mirror(self, children: ["metadata": metadata, "type": type]) }
}
