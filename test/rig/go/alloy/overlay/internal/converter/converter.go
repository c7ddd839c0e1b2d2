// Without the converters: they need every component.
package converter

import "github.com/grafana/alloy/internal/converter/diag"

type Input string

var SupportedFormats []string

func Convert(_ []byte, kind Input, _ []string) ([]byte, diag.Diagnostics) {
	var diags diag.Diagnostics
	diags.Add(diag.SeverityLevelCritical, "this build converts nothing, not "+string(kind))
	return nil, diags
}
