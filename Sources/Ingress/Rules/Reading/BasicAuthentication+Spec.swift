extension BasicAuthentication {
    /// `spec.basicAuth`, but for the Secret, which somebody else has read.
    init(_ fields: inout SpecReader, users: [String: PasswordHash]) throws(SpecFault) {
        let realm = try fields.text("realm") ?? ""
        guard realm.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }) else {
            throw fields.fault("realm", "only letters, digits and signs of ASCII can stand in a realm")
        }
        let userField = try fields.text("headerField") ?? ""
        guard userField.isEmpty || FieldSyntax.isName(userField) else {
            throw fields.fault("headerField", "no field can be called '\(userField)'")
        }
        guard !FieldSyntax.isFraming(userField), userField.lowercased() != "host" else {
            throw fields.fault("headerField", "\(userField) says where a request goes and ends; choose another field")
        }
        self.init(
            users: users,
            realm: realm.isEmpty ? "traefik" : realm,
            removesHeader: try fields.flag("removeHeader"),
            userField: userField.isEmpty ? nil : userField
        )
    }
}
