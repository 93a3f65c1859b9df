/// Collects the entries of a mapping: each key once, merged mappings (`<<`) after what is written out.
struct MappingBuilder {
    private var written: [YAMLMember] = []
    private var places: [String: YAMLPosition] = [:]
    private var merged: [YAMLNode] = []

    mutating func add(_ key: YAMLScalar, at position: YAMLPosition, _ value: YAMLNode) throws(YAMLError) {
        if key.text == "<<", !key.isQuoted {
            merged.append(value)
            return
        }
        if let first = places.updateValue(position, forKey: key.text) {
            throw YAMLError(at: position, "the key '\(key.text)' is there twice, first in line \(first.line)")
        }
        written.append(YAMLMember(key: key.text, at: position, value: value))
    }

    /// The entries. A key that is written out wins over a merged one, an earlier merged mapping over a later one.
    func members() throws(YAMLError) -> [YAMLMember] {
        var members = written
        var known = Set(places.keys)
        for source in merged {
            for mapping in source.elements ?? [source] {
                guard let entries = mapping.members else {
                    throw YAMLError(at: mapping.position, "<< merges mappings, and this is \(mapping.kind)")
                }
                for entry in entries where known.insert(entry.key).inserted { members.append(entry) }
            }
        }
        return members
    }
}
