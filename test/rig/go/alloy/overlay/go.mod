// Takes the place of the module's own list, which names modules that are not served; ../../go.mod pins what this build needs.
module github.com/grafana/alloy

go 1.26.5
