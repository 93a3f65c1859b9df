/// What became of the addresses that an object is to be published with.
package struct AddressChange: Sendable, Hashable {
    package let object: ObjectKey
    /// Nil if the object's status was none of ours.
    package let old: [String]?
    /// Nil if it is none any more: what was published is to be taken back. Empty if it is ours, and reached nowhere.
    package let new: [String]?

    package init(_ object: ObjectKey, old: [String]?, new: [String]?) {
        self.object = object
        self.old = old
        self.new = new
    }
}
