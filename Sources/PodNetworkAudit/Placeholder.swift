// PodNetworkAudit
