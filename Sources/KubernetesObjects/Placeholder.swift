// KubernetesObjects
