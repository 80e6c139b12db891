package detect

import "bytes"

// isDebianCopyright reports whether a text is a machine-readable debian/copyright: its first paragraph
// names the format (copyright-format 1.0, "Header paragraph", and what the drafts before it asked for).
func isDebianCopyright(text []byte) bool {
	head := bytes.TrimLeft(text[:min(len(text), 300)], "\ufeff \t\r\n")
	line, _, _ := bytes.Cut(head, []byte("\n"))
	return bytes.HasPrefix(line, []byte("Format")) && (bytes.Contains(line, []byte("copyright-format")) || bytes.Contains(line, []byte("dep5")))
}

// isStanza reports whether a passage of such a file says which files are whose: it is no license, however
// many of its words are those of licenses.
func isStanza(passage []byte) bool {
	return bytes.HasPrefix(passage, []byte("Files:")) || bytes.Contains(passage, []byte("\nFiles:")) || bytes.HasPrefix(passage, []byte("Format"))
}
