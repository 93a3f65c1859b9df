/// A namespace (v1 Namespace).
package struct Namespace: Hashable, Sendable {
    package var metadata: ObjectMetadata

    package init(metadata: ObjectMetadata) { self.metadata = metadata }
}

/// Configuration as keys and values (v1 ConfigMap).
package struct ConfigMap: Hashable, Sendable {
    package var metadata: ObjectMetadata
    package var data: [String: String]
    package var binaryData: [String: [UInt8]]

    package init(metadata: ObjectMetadata, data: [String: String] = [:], binaryData: [String: [UInt8]] = [:]) {
        self.metadata = metadata
        self.data = data
        self.binaryData = binaryData
    }
}
