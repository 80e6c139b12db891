// Package all lists the ecosystems.
//
// An ecosystem is a folder beside this one that bears a name and exports
// `var Ecosystem = &ecosystem.Ecosystem{...}` from the file of the same name. Nothing registers itself:
// the list is generated from the names of the folders, and a test fails when it is stale.
package all
