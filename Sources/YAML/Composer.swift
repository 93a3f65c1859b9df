/// Builds trees from events. What an anchor names is kept until the end of its document; an alias shares the tree, but
/// counts as if it were written out, since whoever walks the tree meets it each time.
struct Composer {
    private let events: EventStream
    private let limits: YAMLLimits
    private var anchors: [String: (node: YAMLNode, weight: Int)] = [:]
    private var weight = 0

    init(_ events: EventStream, limits: YAMLLimits) {
        self.events = events
        self.limits = limits
    }

    mutating func documents() throws(YAMLError) -> [YAMLNode] {
        var documents: [YAMLNode] = []
        while true {
            switch try events.next().event {
            case .streamEnd: return documents
            case .documentStart:
                anchors = [:]
                documents.append(try node(try events.next(), depth: 0))
            default: break
            }
        }
    }

    private mutating func node(_ next: (event: Event, position: YAMLPosition), depth: Int) throws(YAMLError) -> YAMLNode
    {
        let (event, position) = next
        guard depth <= limits.depth else {
            throw YAMLError(at: position, "lists and mappings are nested more than \(limits.depth) deep")
        }
        let before = weight
        switch event {
        case .scalar(let scalar, let anchor):
            try weigh(1 + scalar.text.utf8.count / 256, at: position)
            return name(YAMLNode(.scalar(scalar), at: position), anchor, since: before)
        case .alias(let name):
            guard let target = anchors[name] else {
                throw YAMLError(at: position, "the alias *\(name) names no anchor before it")
            }
            try weigh(target.weight, at: position)
            return YAMLNode(target.node.content, at: position)
        case .sequenceStart(let anchor):
            try weigh(1, at: position)
            return name(try sequence(at: position, depth: depth), anchor, since: before)
        case .mappingStart(let anchor):
            try weigh(1, at: position)
            return name(try mapping(at: position, depth: depth), anchor, since: before)
        case .documentStart, .documentEnd, .streamEnd, .sequenceEnd, .mappingEnd:
            throw YAMLError(at: position, "a value is missing")
        }
    }

    private mutating func sequence(at position: YAMLPosition, depth: Int) throws(YAMLError) -> YAMLNode {
        var elements: [YAMLNode] = []
        while true {
            let next = try events.next()
            if case .sequenceEnd = next.event { return YAMLNode(.sequence(elements), at: position) }
            elements.append(try node(next, depth: depth + 1))
        }
    }

    private mutating func mapping(at position: YAMLPosition, depth: Int) throws(YAMLError) -> YAMLNode {
        var mapping = MappingBuilder()
        while true {
            let next = try events.next()
            if case .mappingEnd = next.event { return YAMLNode(.mapping(try mapping.members()), at: position) }
            let key = try node(next, depth: depth + 1)
            let value = try node(try events.next(), depth: depth + 1)
            guard let scalar = key.scalar else {
                throw YAMLError(at: key.position, "the key of a mapping is \(key.kind): a string is needed")
            }
            try mapping.add(scalar, at: key.position, value)
        }
    }

    private mutating func name(_ node: YAMLNode, _ anchor: String?, since before: Int) -> YAMLNode {
        if let anchor { anchors[anchor] = (node, weight - before) }
        return node
    }

    private mutating func weigh(_ more: Int, at position: YAMLPosition) throws(YAMLError) {
        weight += more
        guard weight <= limits.values else {
            throw YAMLError(at: position, "more than \(limits.values) values, aliases written out")
        }
    }
}
