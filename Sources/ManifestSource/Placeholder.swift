// ManifestSource
