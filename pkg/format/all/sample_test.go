package all

import (
	"fmt"
	"strings"
	"time"

	"github.com/licet/licet/pkg/policy"
	"github.com/licet/licet/pkg/report"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
	"github.com/licet/licet/pkg/spdx"
)

// samples are the reports that every format is tested with.
func samples() map[string]*report.Report {
	return map[string]*report.Report{
		"scan":    agent("scan"),
		"check":   agent("check"),
		"clean":   clean(),
		"roots":   roots(),
		"empty":   empty(),
		"hostile": hostile(),
		"many":    many(100),
	}
}

func head(command string) *report.Report {
	r := &report.Report{
		Schema: report.Schema, Command: command,
		Tool:    report.Tool{Name: "licet", Version: "0.1.0", Rules: "license list 3.28.0"},
		Created: time.Date(2026, 3, 1, 12, 30, 0, 0, time.UTC),
		Reach:   "all files of the target; license files, notices and manifests of dependencies",
	}
	if command == "check" {
		r.AsOf = "2026-03-02"
		r.Policy = &policy.Origin{Path: "licet.yaml", Digest: "sha256:77aa", From: "target"}
	}
	return r
}

func expr(s string) spdx.Expr {
	e, err := spdx.Parse(s)
	if err != nil {
		panic(err)
	}
	return e
}

func line(path string, n, col, width int) source.Span {
	start := 100*n + col
	return source.Span{Path: path, Line: n, Col: col, Start: start, End: start + width}
}

// component is a library of the given purl and concluded license, named on a line of the lockfile.
func component(purl string, scope sbom.Scope, license string, found ...source.Span) sbom.Component {
	rest := purl[strings.IndexByte(purl, '/')+1:]
	name, version, _ := strings.Cut(rest, "@")
	c := sbom.Component{
		ID: sbom.ID(purl), PURL: purl, Name: strings.ReplaceAll(name, "%40", "@"), Version: version,
		Type: sbom.TypeLibrary, Origin: sbom.OriginManifest, Scope: scope,
		Occurrences: []sbom.Occurrence{{Found: found}},
	}
	if license == "" {
		c.Concluded = sbom.Conclusion{Row: "unavailable", By: "licet"}
		return c
	}
	c.Occurrences[0].Dir = "gomod:" + rest
	if strings.HasPrefix(purl, "pkg:npm/") {
		c.Occurrences[0].Dir = "node_modules/" + c.Name
	}
	if license == "NONE" {
		c.Concluded = sbom.Conclusion{Expr: spdx.None(), Row: "missing", By: "licet"}
		return c
	}
	c.Concluded = sbom.Conclusion{Expr: expr(license), Row: "license-file-only", Because: []int{0}, By: "licet"}
	c.Claims = []sbom.Claim{detected(license, c.Occurrences[0].Dir+"/LICENSE")}
	c.Occurrences[0].Claims = []int{0}
	return c
}

func detected(license, path string) sbom.Claim {
	return sbom.Claim{
		Basis: sbom.Detected, Kind: "text", Role: sbom.RoleLicenseFile, Expr: expr(license),
		Evidence: []sbom.Evidence{{Span: line(path, 1, 1, 1060), Rule: "text:" + license, Coverage: 1, Text: "lt1:" + source.Digest(license)}},
	}
}

func declared(license, raw string, at source.Span) sbom.Claim {
	c := sbom.Claim{Basis: sbom.Declared, Kind: "field", Role: sbom.RoleManifest, Raw: raw, Evidence: []sbom.Evidence{{Span: at}}}
	if license != "" {
		c.Expr = expr(license)
	}
	return c
}

// document merges and resolves as a scan does.
func document(roots []sbom.ID, components []sbom.Component, edges []sbom.Relationship, gaps ...sbom.Gap) *sbom.Document {
	d := sbom.Merge(roots, sbom.Fragment{Components: components, Relationships: edges, Gaps: gaps})
	d.Resolve()
	for _, c := range components {
		merged := d.Component(c.ID)
		merged.Concluded = c.Concluded
		for i := range c.Concluded.Because {
			merged.Concluded.Because[i] = i
		}
	}
	d.Inputs = []sbom.Input{
		{Kind: "cache", Name: "gomod"},
		{Kind: "rules", Name: "3.28.0", Digest: "sha256:8d1c6a52"},
		{Kind: "tree", Name: "agent"},
	}
	return d
}

func edge(from, to sbom.ID, scope sbom.Scope, requirement string, found ...source.Span) sbom.Relationship {
	return sbom.Relationship{From: from, To: to, Scope: scope, Requirement: requirement, Found: found}
}

const (
	agentID  = "pkg:golang/acme.example/agent"
	logID    = "pkg:golang/acme.example/log@v1.2.0"
	solverID = "pkg:golang/solver.example/x/solver@v0.3.1"
	stdlibID = "pkg:golang/stdlib@1.26.0"
	leftID   = "pkg:npm/%40acme/left@1.0.0"
	eitherID = "pkg:npm/either@2.1.0"
	muteID   = "pkg:npm/mute@3.1.4"
	absentID = "pkg:npm/absent@2.2.2"
	ownID    = "pkg:npm/own@1.0.0"
	oddID    = "pkg:npm/odd@0.1.0"
	twofold  = "pkg:npm/twofold@5.0.0"
	testerID = "pkg:npm/tester@9.0.0"
)

// agent is a project with Go and npm parts, in which each kind of answer occurs once.
func agent(command string) *report.Report {
	r := head(command)
	root := component(agentID, "", "Apache-2.0", line("go.mod", 1, 8, 18))
	root.Type, root.FirstParty, root.Occurrences[0].Dir = sbom.TypeApplication, true, "."
	root.Claims[0].Evidence[0].Span.Path = "LICENSE"
	root.Copyrights = []sbom.Copyright{{Text: "Copyright 2026 Acme", Holder: "Acme", Years: "2026", Found: []source.Span{line("LICENSE", 3, 1, 19)}}}
	solver := component(solverID, "", "GPL-3.0-only", line("go.sum", 9, 1, 30))
	solver.Hashes = []sbom.Hash{{Algorithm: "h1", Hex: "h1:mC5lmWTOvk9Yb5wk0HKq8kXH0ko4pcyE0MKvAS3mFJM="}}
	left := component(leftID, "", "MIT", line("web/package-lock.json", 20, 5, 24))
	left.Homepage, left.Source = "https://left.example/", "https://packages.example/left-1.0.0.tgz"
	left.Supplier = "Person: Lee Left"
	left.Hashes = []sbom.Hash{{Algorithm: "SHA-512", Hex: strings.Repeat("0a", 64)}}
	left.Claims = append(left.Claims, declared("MIT", "MIT", line("node_modules/@acme/left/package.json", 4, 3, 5)))
	left.Concluded.Row, left.Concluded.Because = "declared-equals-text", []int{0, 1}
	either := component(eitherID, "", "MIT OR GPL-2.0-only", line("web/package-lock.json", 30, 5, 24))
	either.Claims = []sbom.Claim{declared("MIT OR GPL-2.0-only", "(MIT OR GPL-2.0)", line("node_modules/either/package.json", 5, 3, 5))}
	either.Concluded.Row = "declared-only"
	own := component(ownID, "", "LicenseRef-Own", line("web/package-lock.json", 60, 5, 20))
	odd := component(oddID, "", "NONE", line("web/package-lock.json", 70, 5, 20))
	odd.Claims = []sbom.Claim{declared("", "SEE THE WEBSITE", line("node_modules/odd/package.json", 6, 3, 17))}
	odd.Concluded = sbom.Conclusion{Row: "declared-unreadable", Because: []int{0}, By: "licet", Note: `the declaration cannot be read as an SPDX expression: "SEE THE WEBSITE"`}
	two := component(twofold, "", "GPL-2.0-only AND MIT", line("web/package-lock.json", 80, 5, 20))
	two.Claims = []sbom.Claim{declared("MIT", "MIT", line("node_modules/twofold/package.json", 4, 3, 5)), detected("GPL-2.0-only", "node_modules/twofold/COPYING")}
	two.Concluded = sbom.Conclusion{Expr: expr("GPL-2.0-only AND MIT"), Row: "declared-and-detected", Because: []int{0, 1}, By: "licet", Conflict: true, Note: "declared MIT, the license files say GPL-2.0-only"}
	components := []sbom.Component{
		root, solver, left, either, own, odd, two,
		component(logID, "", "MIT", line("go.mod", 5, 9, 30)),
		component(stdlibID, "", "BSD-3-Clause", line("go.mod", 3, 1, 7)),
		component(muteID, "", "NONE", line("web/package-lock.json", 40, 5, 20)),
		component(absentID, "", "", line("web/package-lock.json", 50, 5, 22)),
		component(testerID, "", "GPL-2.0-or-later WITH Classpath-exception-2.0", line("web/package-lock.json", 90, 5, 22)),
	}
	manifest := func(n int) source.Span { return line("web/package.json", n, 5, 10) }
	edges := []sbom.Relationship{
		edge(agentID, logID, sbom.Runtime, "v1.2.0", line("go.mod", 5, 9, 30)),
		edge(logID, solverID, sbom.Runtime, "v0.3.1"),
		edge(agentID, stdlibID, sbom.Runtime, "1.26.0", line("go.mod", 3, 1, 7)),
		edge(agentID, leftID, sbom.Runtime, "^1.0.0", manifest(7)),
		edge(leftID, eitherID, sbom.Runtime, "~2.1.0"),
		edge(leftID, muteID, sbom.Optional, "*"),
		edge(agentID, absentID, sbom.Runtime, "2.2.2", manifest(8)),
		edge(agentID, ownID, sbom.Build, "^1.0.0", manifest(9)),
		edge(eitherID, oddID, sbom.Runtime, "0.1.0"),
		edge(eitherID, twofold, sbom.Runtime, "5"),
		edge(agentID, testerID, sbom.Test, "^9.0.0", manifest(12)),
	}
	d := document([]sbom.ID{agentID}, components, edges,
		sbom.Gap{Kind: sbom.Unavailable, Reader: "npm", Span: source.Span{Path: "web/package-lock.json"}, Why: "node_modules is not there for 1 of 9 packages", Next: "run `npm ci` in web", Components: []sbom.ID{absentID}},
		sbom.Gap{Kind: sbom.Limit, Reader: "walk", Span: source.Span{Path: "testdata/big.bin"}, Why: "12 MiB, over the limit of 8 MiB"},
	)
	d.Texts = map[sbom.Digest]sbom.Text{"lt1:LicenseRef-Own": {Body: "Do what you own.\n\tAnd <nothing> else.\n", From: line("node_modules/own/LICENSE", 1, 1, 40)}}
	d.Files = []sbom.FileFacts{
		{Path: "LICENSE", Size: 11358, SHA1: strings.Repeat("1b", 20), SHA256: strings.Repeat("2c", 32), Owner: agentID, Claims: root.Claims, Copyrights: root.Copyrights},
		{Path: "cmd/main.go", Size: 810, SHA1: strings.Repeat("3d", 20), Owner: agentID, Claims: []sbom.Claim{{Basis: sbom.Detected, Kind: "tag", Role: sbom.RoleFile, Expr: expr("Apache-2.0 OR MIT"), Evidence: []sbom.Evidence{{Span: line("cmd/main.go", 1, 4, 40), Rule: "tag"}}}}},
	}
	r.Document = d
	r.Assumptions = []string{"no deliverables are stated: one, the whole tree, downloaded by customers"}
	if command == "check" {
		judge(r)
	}
	return r
}

// judge adds what a policy had to say about the agent.
func judge(r *report.Report) {
	label := func(n, col, width int, text, lineText string) policy.Label {
		return policy.Label{Span: line("licet.yaml", n, col, width), Text: text, Line: lineText}
	}
	deny := label(11, 10, 18, "denied here", `  deny: ["@strong-copyleft"]`)
	allow := label(9, 11, 3, "allowed here", `  allow: [MIT, "@permissive"]`)
	r.Excerpts = []report.Excerpt{
		{Path: "go.sum", Line: 9, Text: "solver.example/x/solver v0.3.1 h1:mC5lmWTOvk9Yb5wk0HKq8kXH0ko4pcyE0MKvAS3mFJM="},
		{Path: "web/package-lock.json", Line: 40, Text: `    "node_modules/mute": {`},
		{Path: "web/package-lock.json", Line: 80, Text: `    "node_modules/twofold": {`},
	}
	r.Findings = []policy.Finding{
		{
			Check: "license", Severity: "deny", Component: solverID, Scope: sbom.Runtime, Basis: "concluded",
			Message: "GPL-3.0-only is denied", Expr: expr("GPL-3.0-only"),
			Leaves: []policy.Leaf{{Expr: expr("GPL-3.0-only"), Verdict: policy.Deny, Reason: "@strong-copyleft is in deny", Decided: deny, Chosen: true}},
			Labels: []policy.Label{
				{Span: line("go.sum", 9, 1, 30), Text: "this module"},
				{Span: line("gomod:solver.example/x/solver@v0.3.1/LICENSE", 1, 1, 1060), Text: "detected GPL-3.0-only here"},
			},
			Path: []sbom.ID{agentID, logID, solverID},
			Help: []string{"replace acme.example/log by something that does not need it", "or record an exception: `licet explain exceptions`"},
		},
		{
			Check: "license", Severity: "deny", Component: muteID, Scope: sbom.Optional, Basis: "concluded", Unknown: "missing",
			Message: "no license is stated anywhere", Expr: spdx.None(),
			Leaves: []policy.Leaf{{Expr: spdx.None(), Verdict: policy.Deny, Reason: "unknown: missing is denied", Decided: label(13, 22, 4, "", `  unknown: {missing: deny, unavailable: gap}`), Chosen: true}},
			Labels: []policy.Label{{Span: line("web/package-lock.json", 40, 5, 19), Text: "this package"}},
			Path:   []sbom.ID{agentID, leftID, muteID},
			Help:   []string{"ask the author, then record the answer under `clarify`"},
		},
		{
			Check: "conflict", Severity: "review", Component: twofold, Scope: sbom.Runtime, Basis: "concluded",
			Message: "declared MIT, the license files say GPL-2.0-only", Expr: expr("(GPL-2.0-only AND MIT) OR Apache-2.0"), Arm: expr("Apache-2.0"),
			Leaves: []policy.Leaf{
				{Expr: expr("GPL-2.0-only"), Verdict: policy.Deny, Reason: "@strong-copyleft is in deny", Decided: deny},
				{Expr: expr("MIT"), Verdict: policy.Allow, Reason: "in allow", Decided: allow},
				{Expr: expr("Apache-2.0"), Verdict: policy.Allow, Reason: "@permissive is in allow", Decided: label(9, 16, 13, "", `  allow: [MIT, "@permissive"]`), Chosen: true},
			},
			Labels: []policy.Label{{Span: line("web/package-lock.json", 80, 5, 22), Text: "this package"}},
			Path:   []sbom.ID{agentID, leftID, eitherID, twofold},
		},
		{Check: "unused-allowance", Severity: "note", Message: "nothing uses the exception for pkg:npm/gone", Labels: []policy.Label{label(20, 5, 18, "stands here", `  - {purl: "pkg:npm/gone", license: MPL-2.0}`)}, Help: []string{"delete it"}},
	}
}

// clean is a check that found nothing.
func clean() *report.Report {
	r := head("check")
	root := component(agentID, "", "Apache-2.0", line("go.mod", 1, 8, 18))
	root.Type = sbom.TypeApplication
	r.Document = document([]sbom.ID{agentID}, []sbom.Component{root, component(logID, "", "MIT", line("go.mod", 5, 9, 30))},
		[]sbom.Relationship{edge(agentID, logID, sbom.Runtime, "v1.2.0")})
	return r
}

// roots is a document with two roots and a part of one of them, some of it in the words of a foreign
// document.
func roots() *report.Report {
	r := head("scan")
	server := component("pkg:npm/server@1.0.0", "", "MIT", line("server/package.json", 2, 3, 6))
	server.Claims = append(server.Claims, sbom.Claim{Basis: sbom.Detected, Kind: "tag", Role: sbom.RoleFile, Expr: expr("DocumentRef-other:LicenseRef-A OR LicenseRef-B")})
	server.Concluded.Expr = expr("MIT AND DocumentRef-other:LicenseRef-A")
	client := component("pkg:npm/client@1.0.0", "", "LicenseRef-Unseen OR MIT", line("client/package.json", 2, 3, 6))
	part := component("file:client/part#part@", "", "NONE")
	part.PURL, part.Name, part.Type = "", "part", sbom.TypeFramework
	r.Document = document([]sbom.ID{server.ID, client.ID}, []sbom.Component{server, client, part}, []sbom.Relationship{
		{From: client.ID, To: part.ID, Kind: sbom.Contains},
		edge(server.ID, client.ID, sbom.Development, ""),
		edge(server.ID, client.ID, sbom.Runtime, ""),
	}, sbom.Gap{Kind: sbom.Lost, Reader: "npm", Span: line("server/yarn.lock", 40, 1, 1), Why: "unexpected end of file", Next: "check the file out again", Material: true})
	r.GapsAllowed = "the yarn lockfile is a relic, OPS-7"
	return r
}

func empty() *report.Report {
	r := head("scan")
	r.Created = time.Unix(0, 0).UTC()
	r.Document = document(nil, nil, nil)
	return r
}

// hostile has names that would move a cursor, end a line, or fall out of an identifier.
func hostile() *report.Report {
	r := head("check")
	name := "pkg:npm/evil%1b%5b31m@1\u202e"
	evil := component(name, "", "MIT")
	evil.Name, evil.Version = "evil\x1b[31m\r\nname", "1\u202e<b>&\"'\\"
	evil.Homepage, evil.Source = "javascript alert(1)", "https://[redacted]@packages.example/x"
	evil.Supplier = "Organization: "
	evil.Copyrights = []sbom.Copyright{{Text: "© \x1b]0;title\x07 Evil 日本語"}}
	evil.Hashes = []sbom.Hash{{Algorithm: "SHA-256", Hex: "not hex"}, {Algorithm: "", Hex: ""}}
	wide := component("pkg:npm/"+strings.Repeat("日本語", 40)+"@1", "", "MIT")
	twin := component("pkg:npm/evil-1b-5b31m@1-", "", "MIT")
	r.Document = document([]sbom.ID{wide.ID}, []sbom.Component{evil, wide, twin}, []sbom.Relationship{
		edge(wide.ID, evil.ID, "odd scope", "^1\x1b[2J"), edge(wide.ID, "pkg:npm/nobody@1", sbom.Runtime, ""), edge(evil.ID, wide.ID, sbom.Runtime, ""),
	}, sbom.Gap{Kind: sbom.Lost, Span: source.Span{Path: "a\x1bb\nc", Line: 3}, Why: "bad \x00 byte", Next: "look \x1b[1m"})
	r.Excerpts = []report.Excerpt{{Path: "p\x1bq", Line: 2, Text: "\tkey\x1b[31m: \"日本\" value"}}
	r.Findings = []policy.Finding{{
		Check: "license", Severity: "deny", Component: evil.ID, Message: "bad \x1b[31m thing\nfix: none", Expr: expr("MIT"),
		Labels: []policy.Label{{Span: source.Span{Path: "p\x1bq", Line: 2, Col: 14, Start: 50, End: 58}, Text: "here\x07"}, {Span: source.Span{Path: "p", Line: 99, Col: 1 << 40}}},
		Path:   []sbom.ID{wide.ID, evil.ID}, Help: []string{"\x1b[2Jgone"},
		Leaves: []policy.Leaf{{Verdict: "odd", Reason: strings.Repeat("long reason ", 20), Decided: policy.Label{Span: source.Span{Path: "p", Line: 1, Col: -5, End: -9}, Line: "x"}}},
	}}
	return r
}

// many is a project of n packages in a tree, four children each, with a handful of licenses.
func many(n int) *report.Report {
	r := head("scan")
	licenses := []string{"MIT", "MIT", "MIT", "MIT", "ISC", "Apache-2.0", "BSD-3-Clause", "MIT OR Apache-2.0", "NONE", "MPL-2.0"}
	id := func(i int) sbom.ID { return sbom.ID(fmt.Sprintf("pkg:npm/p%05d@1.%d.0", i, i%7)) }
	components := make([]sbom.Component, n)
	var edges []sbom.Relationship
	for i := range n {
		components[i] = component(string(id(i)), "", licenses[i%len(licenses)], line("package-lock.json", 10*i+5, 5, 20))
		if i > 0 {
			scope := []sbom.Scope{sbom.Runtime, sbom.Runtime, sbom.Development}[i%3]
			edges = append(edges, edge(id((i-1)/4), id(i), scope, "^1.0.0"))
		}
	}
	r.Document = document([]sbom.ID{id(0)}, components, edges)
	return r
}
