// NodeRuleset
