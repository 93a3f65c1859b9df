import ClusterState

extension Secret {
    init(_ fields: Fields, _ metadata: ObjectMetadata) throws(ObjectError) {
        self.init(
            metadata: metadata,
            type: try fields.optional("type", Fields.string) ?? "Opaque",
            data: try fields.mapping("data", Fields.bytes)
        )
        for (key, text) in try fields.strings(of: "stringData") { data[key] = Array(text.utf8) }
    }
}

extension ConfigMap {
    init(_ fields: Fields, _ metadata: ObjectMetadata) throws(ObjectError) {
        self.init(
            metadata: metadata,
            data: try fields.strings(of: "data"),
            binaryData: try fields.mapping("binaryData", Fields.bytes)
        )
    }
}
