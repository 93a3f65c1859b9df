import ClusterState
import KubernetesObjects
import YAML

/// One file: what it has, what it had a moment ago, and what is wrong with it.
struct ManifestFile {
    struct Placed: Hashable {
        var object: ClusterObject
        var line: Int
    }

    let path: String
    private(set) var signature: FileSignature?
    /// In the order of the file.
    private(set) var objects: [Placed] = []
    private(set) var problems: [SourceProblem] = []
    private(set) var unread: [(kind: UnreadKind, line: Int)] = []
    /// The kinds that objects may be of which nobody has seen, because the file was never readable.
    private(set) var hiddenKinds: Set<ObjectKind> = []
    private(set) var isGone = false
    private var wasRead = false
    private var held: [ObjectKey: (object: ClusterObject, since: Duration)] = [:]

    init(path: String) {
        self.path = path
    }

    /// What the file has lost so recently that it may be about to be written again.
    var heldObjects: [ClusterObject] { held.sorted { $0.key < $1.key }.map(\.value.object) }

    /// An object that it has lost so recently.
    func held(_ key: ObjectKey) -> ClusterObject? { held[key]?.object }

    /// Whether nothing of it is left.
    var isForgotten: Bool { isGone && held.isEmpty }

    mutating func take(_ content: ManifestListing.Content, at now: Duration) {
        isGone = false
        switch content {
        case .unchanged: return
        case .same(let signature): self.signature = signature
        case .notAFile(let kind):
            // Nothing can be hidden in it, so that it makes no kind incomplete.
            vanish(at: now)
            isGone = false
            problems = [SourceProblem(place: path, message: "is \(kind), not a file: rename or remove it")]
        case .failed(let message, let signature):
            self.signature = signature
            fail(SourceProblem(place: path, message: "\(message); what it last held is kept"), ObjectKind.allCases)
        case .text(let bytes, let signature):
            self.signature = signature
            do throws(YAMLError) {
                accept(ObjectDecoder.items(in: try YAMLReader.documents(in: bytes)), at: now)
            } catch {
                let message = "\(error.message); what the file last held is kept"
                fail(SourceProblem(place: place(error.position), message: message), Self.kinds(namedIn: bytes))
            }
        }
    }

    mutating func vanish(at now: Duration) {
        guard !isGone else { return }
        isGone = true
        signature = nil
        problems = []
        unread = []
        hiddenKinds = []
        replaceObjects(by: [], at: now)
    }

    /// Lets go of what has been missing for long enough.
    mutating func settle(at now: Duration) {
        held = held.filter { now - $0.value.since < ManifestLibrary.settling }
    }

    /// How long something is held yet; nil if nothing is.
    func settlesIn(at now: Duration) -> Duration? {
        held.values.map { ManifestLibrary.settling - (now - $0.since) }.min()
    }

    private mutating func fail(_ problem: SourceProblem, _ kinds: some Sequence<ObjectKind>) {
        problems = [problem]
        if !wasRead { hiddenKinds = Set(kinds) }
    }

    private mutating func accept(_ items: [DecodedItem], at now: Duration) {
        let last = Dictionary(objects.map { ($0.object.key, $0) }) { first, _ in first }
        var found: [Placed] = []
        wasRead = true
        problems = []
        unread = []
        hiddenKinds = []
        for item in items {
            switch item.outcome {
            case .object(let object): found.append(Placed(object: object, line: item.position.line))
            case .unread(let kind): unread.append((kind, item.position.line))
            case .failed(let error, let key):
                let name = key.map { "\($0): " } ?? ""
                var message = "\(name)\(error)"
                if let key, let good = last[key]?.object ?? held[key]?.object {
                    found.append(Placed(object: good, line: item.position.line))
                    message += "; its last good form is kept"
                }
                problems.append(SourceProblem(place: place(error.position), message: message, object: key))
            }
        }
        replaceObjects(by: found, at: now)
    }

    private mutating func replaceObjects(by found: [Placed], at now: Duration) {
        let keys = Set(found.map(\.object.key))
        for placed in objects where !keys.contains(placed.object.key) {
            held[placed.object.key] = (placed.object, now)
        }
        for key in keys { held[key] = nil }
        objects = found
    }

    private func place(_ position: YAMLPosition) -> String { "\(path):\(position.line)" }

    /// The kinds that a text which cannot be read seems to be about: all, if it names none.
    private static func kinds(namedIn bytes: [UInt8]) -> [ObjectKind] {
        let text = String(decoding: bytes, as: UTF8.self)
        let words = Set(text.split { !($0.isASCII && $0.isLetter) })
        let named = ObjectKind.allCases.filter { words.contains(Substring($0.rawValue)) }
        return named.isEmpty ? ObjectKind.allCases : named
    }
}
