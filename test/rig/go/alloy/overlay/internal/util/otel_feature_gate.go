// The collector's feature gates concern its components, which are not in this build.
package util

func SetupOtelFeatureGates() error { return nil }
