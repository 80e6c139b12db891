package main

// policyPages explain the keys of a policy file; the facts come first, as in the file.
var policyPages = []page{
	{"version", "version: 1"},
	{"project", `What the target is called where its manifests do not say.

  project: {name: agent, version: 1.2.0, license: Apache-2.0}`},
	{"deliverables", `What is conveyed, to whom and how. Without it: one, the whole tree, downloaded by customers.

  deliverables:
    - {name: agent, roots: [cmd/agent], to: customers, delivery: download, outgoing: Apache-2.0, linking: static}`},
	{"first_party", `What is the organisation's own: it is not judged by the license it is published under.

  first_party: {purls: ["pkg:golang/example.com/acme/**"], paths: ["internal/**"]}`},
	{"paths", `What files are for: test, fixture, documentation, example (these do not ship) or product.

  paths: [{glob: "demo/**", class: example, reason: "not in the release"}]`},
	{"choices", `Which arm of an OR is taken.

  choices: [{of: "Apache-2.0 OR LGPL-2.1-only", choose: Apache-2.0}]`},
	{"clarify", `What the license of a package is, as somebody found out; it holds while the text has that digest.

  clarify: [{purl: "pkg:npm/x", versions: "vers:npm/>=1|<2", license: MIT, text: "lt1:...", by: legal}]`},
	{"curations", `What one of one's own files is under, where the detection errs.

  curations: [{path: "src/a.c", detected: GPL-2.0-only, concluded: MIT, reason: "...", by: legal}]`},
	{"licenses", `License texts of one's own, found as listed ones are.

  licenses: {LicenseRef-Acme: {category: proprietary, text: legal/acme.txt}}`},
	{"extends", `Presets to build on; lists append, single values override.

  extends: ["@distribute-binary"]`},
	{"lists", `What is permitted: allow, review and deny take ids, "X WITH Y" and @categories.

  policy:
    allow: [MIT, "@permissive"]
    review: ["@file-copyleft"]
    deny: ["@strong-copyleft"]
    default: deny

An entry that names the very license decides before one that names a category; among equals deny comes
before review and review before allow.`},
	{"unknown", `What to say of a license that is not known.

  policy:
    unknown: {missing: deny, unavailable: gap, unrecognised: deny, custom: deny}`},
	{"rules", `Lists of their own for some components; the first rule whose condition holds decides.

  policy:
    rules:
      - {id: tools, allow: ["@strong-copyleft"], when: {scope: [development, test, build]}, reason: not shipped}`},
	{"exceptions", `One license for one package, for a time.

  exceptions:
    - {purl: "pkg:npm/foo", versions: "vers:npm/>=2|<3", license: MPL-2.0,
       reason: LEGAL-123, approved_by: legal, expires: 2027-01-31}`},
}

// modifiedPages say what is known of copies. Duties hang on it: MPL-2.0, LGPL, GPL and section 4(b) of Apache-2.0 ask for more of who
// conveys changed files.
var modifiedPages = []page{
	{"yes", `Files of the copy were changed, or code was added; or the project itself patches the package.

The report lists the files (scan --verbose, -o json) and what the answer rests on:
  go.sum                the module in the module cache has the digest of go.sum, and the vendored copy differs from it
  Cargo.lock            the .crate in Cargo's cache has the checksum of Cargo.lock
  .cargo-checksum.json  the list that 'cargo vendor' wrote beside the files
  RECORD                the list that the installer of a Python package wrote
  the lockfile          the archive in npm's cache has its checksum (--deep)
  a patch               of patch-package, pnpm, Yarn or Bun, whether it was applied already or not
What a list beside the files says holds against that list only.`},
	{"no", `All files of the copy that were published have the bytes that were published, and no code was added.

Files that are missing are no modification: a copy may be a part. Nor are line endings, which version control
systems change: such files are listed. Marks of package managers, build files and license texts that were laid
beside the code are passed over.`},
	{"unknown", `There is no original to compare the copy with, or one of the files cannot be read. It counts as yes.

Originals are looked for in the caches of package managers (--cache). What was installed anew, as node_modules is,
and what lies in caches is compared under --deep only. A folder that replaces a module, a git submodule, a package
whose list of checksums was emptied, and a cache whose files have not the digest on record prove nothing.`},
}

// categoryPages say what a license of each category asks for.
var categoryPages = []page{
	{"permissive", "Keep notices; do as you like."},
	{"advertising", "Permissive, with a credit due in advertising or documentation."},
	{"public-domain", "No conditions."},
	{"file-copyleft", "Changes to its files are shared under it (MPL, EPL, CDDL)."},
	{"library-copyleft", "The library stays under it, and users can replace it (LGPL)."},
	{"weak-copyleft", "file-copyleft and library-copyleft."},
	{"strong-copyleft", "What is built on it is conveyed under it (GPL)."},
	{"network-copyleft", "As strong-copyleft, and use over a network counts (AGPL)."},
	{"content", "For texts, pictures and sound (CC-BY, CC-BY-SA, GFDL)."},
	{"font", "For fonts (OFL)."},
	{"data", "For data (ODbL, CDLA)."},
	{"source-available", "The source may be read; use is restricted (BUSL, Elastic, SSPL)."},
	{"non-commercial", "No commercial use."},
	{"field-of-use", "Some uses are excluded (JSON, no nuclear, ethical licenses)."},
	{"proprietary", "No open license."},
	{"ai-use-restricted", "Models with restrictions on use (RAIL, Llama)."},
}
