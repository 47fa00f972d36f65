// Package seeds carries the curated history that ships with the program. The
// files beside this one are the data, README.md documents their format, and
// package ingest/seed reads them. The package only embeds.
package seeds

import (
	"embed"
	"io/fs"
)

// A package variable, because go:embed knows no other place. FS hands it out as
// an interface that cannot write, so it stays constant.
//
//go:embed *.yaml alliances/*.yaml crises/*.yaml sources/*.yaml states/*.yaml
var files embed.FS

// FS returns the files of the curated history: coverage.yaml and the folders
// alliances, crises, sources and states.
func FS() fs.FS { return files }
