package rules

import "testing"

// BenchmarkFirstLookup is what the first question costs a program: the table of licenses is split.
func BenchmarkFirstLookup(b *testing.B) {
	for b.Loop() {
		parseLicenses()
	}
}

func BenchmarkLicenseByID(b *testing.B) {
	for b.Loop() {
		LicenseByID("gpl-2.0-or-later")
	}
}

func BenchmarkText(b *testing.B) {
	for b.Loop() {
		Text("GPL-2.0-only")
	}
}
