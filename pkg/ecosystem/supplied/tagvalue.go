package supplied

import (
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/source"
)

// tags yields the tags of a document and their values (SPDX 2.3, annex on tag-value). A value between <text> and </text> may
// span lines. What is no tag is lost, and told of once.
func (v *inventory) tags(data []byte, yield func(tag string, value field)) {
	var long []string // the lines of a value that is not ended
	var tag string
	var at source.Span
	bad := 0
	for l, err := range doc.Lines(v.file, data) {
		if err != nil {
			v.broken(err)
			break
		}
		text := l.Text
		if long == nil {
			if strings.HasPrefix(text, "#") {
				continue
			}
			var value string
			var ok bool
			if tag, value, ok = strings.Cut(text, ":"); !ok || strings.ContainsAny(tag, " <\"{") {
				if bad++; bad == 1 {
					v.Lost(l.Span(), next, "a line that is no tag and value")
				}
				continue
			}
			at, text = l.Span(), strings.TrimSpace(value)
			rest, opened := strings.CutPrefix(text, "<text>")
			if !opened {
				yield(tag, field{text, at})
				continue
			}
			text, long = rest, []string{}
		}
		body, ended := strings.CutSuffix(text, "</text>")
		long = append(long, body)
		if ended {
			yield(tag, field{strings.Join(long, "\n"), at})
			long = nil
		}
	}
	if long != nil {
		v.Lost(at, next, "a text that does not end: what follows it is not read")
	}
}

// tagValue reads a document of tags and values: packages, files and licenses begin with a tag of their own.
func (v *inventory) tagValue(data []byte) {
	type relationship struct {
		from, to string
		kind     field
	}
	var (
		parcels []parcel
		related []relationship
		section string // what the tags are about
		license field
		version field
	)
	begin := func(tag string, at field) bool {
		switch tag {
		case "PackageName":
			section = "package"
			parcels = append(parcels, parcel{at: at.at, name: at})
		case "FileName", "SnippetSPDXID":
			section = "file"
			if tag == "SnippetSPDXID" {
				v.ignored[at.text] = true
			}
		case "LicenseID":
			section, license = "license", at
		default:
			return false
		}
		return true
	}
	v.tags(data, func(tag string, value field) {
		switch {
		case begin(tag, value):
		case tag == "SPDXVersion":
			version = value
		case tag == "Relationship":
			if words := strings.Fields(value.text); len(words) >= 3 {
				related = append(related, relationship{words[0], words[2], field{words[1], value.at}})
			} else {
				v.Lost(value.at, next, "a relationship without two elements and a type")
			}
		case tag == "AnnotationComment":
			v.annotation(value)
		case tag == "ExtractedText" && section == "license":
			v.extracted(license, value)
		case section == "package":
			parcels[len(parcels)-1].tag(tag, value)
		case tag == "SPDXID":
			v.ignored[value.text] = true
		}
	})
	v.begin(version)
	for _, p := range parcels {
		v.parcel(p)
	}
	for _, r := range related {
		v.relate(r.from, r.kind, r.to)
	}
}

// tag takes a field of a package.
func (p *parcel) tag(tag string, value field) {
	switch tag {
	case "SPDXID":
		p.id = value
	case "PackageVersion":
		p.version = value
	case "PackageSupplier":
		p.supplier = value
	case "PackageOriginator":
		p.origin = value
	case "PackageHomePage":
		p.homepage = value
	case "PackageDownloadLocation":
		p.download = value
	case "PackageLicenseDeclared": // once (7.15); where it comes again, one does not take the other away
		if p.declared.text != "" {
			p.also = append(p.also, value)
		} else {
			p.declared = value
		}
	case "PackageLicenseConcluded":
		p.concluded = value
	case "PackageLicenseInfoFromFiles":
		p.inFiles = append(p.inFiles, value)
	case "PackageLicenseComments":
		p.licenseComment = value
	case "PackageComment":
		p.comment = value
	case "PackageCopyrightText":
		p.copyright = value
	case "PrimaryPackagePurpose":
		p.purpose = value
	case "PackageChecksum":
		algorithm, sum, _ := strings.Cut(value.text, ":")
		p.hashes = append(p.hashes, hash(algorithm, sum)...)
	case "ExternalRef":
		if words := strings.Fields(value.text); len(words) == 3 && words[1] == "purl" && p.purls.text == "" {
			p.purls = field{words[2], value.at}
		}
	}
}
