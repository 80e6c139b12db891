package executable

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/licet/licet/pkg/detect"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/vendored"
	"github.com/licet/licet/rules"
)

// What a compiler links into a program besides its packages is told by marks that it leaves: the name of a section, a symbol,
// a text. Which these are, and whose, is a table (rules/runtimes.tsv). The name of a compiler is none of them: GCC signs
// every program, and of most it links nothing that one could see.
//
// A runtime's license is knowledge and no statement of the program; the rule of its evidence, "runtime:" and the name, says so.
// Its version is what the program tells; some write it down (version.go).

const (
	window  = 256 << 10 // bytes that are searched at a time
	overlap = 256       // of them with the next ones again: longer is no marker with what stands in it
)

// texts are the sections in which constants lie, of ELF, PE and Mach-O.
var texts = []string{".rodata", ".rdata", "__cstring", "__const"}

// mark is one row of the table, and what was found of it.
type mark struct {
	name, license, where string
	head, tail           []byte // on both sides of what differs from program to program; without a tail it is behind head
	open                 bool   // something differs
	found                bool
	inner                string // what stood between head and tail
}

// spelled are the bytes that the table spells.
var spelled = strings.NewReplacer(`\0`, "\x00", `\n`, "\n")

// readRuntimes adds the runtimes that are linked into the program.
func (r *reader) readRuntimes(img *image) error {
	if runtime, license, ok := rules.RuntimeFile(r.base()); ok {
		r.addLibrary(img, runtime, license)
		return nil // it is the runtime, and not linked into something
	}
	var marks []*mark
	for _, row := range rules.Runtimes() {
		if row[2] == "package" || row[2] == "file" {
			continue
		}
		m := &mark{name: row[0], license: row[1], where: row[2]}
		head, tail, differs := strings.Cut(spelled.Replace(row[3]), "*")
		m.head, m.tail, m.open = []byte(head), []byte(tail), differs
		m.found = m.where == "section" && img.sections[row[3]] != nil || m.name == "cpython" && img.hasPython()
		marks = append(marks, m)
	}
	if err := img.search(marks); err != nil {
		return err
	}
	needUnwinder(img, marks)
	var in [][]*mark // the runtimes that are in it
	for len(marks) > 0 {
		n := 1
		for n < len(marks) && marks[n].name == marks[0].name {
			n++
		}
		if !slices.ContainsFunc(marks[:n], func(m *mark) bool { return !m.found }) {
			in = append(in, marks[:n])
		}
		marks = marks[n:]
	}
	has := func(name string) bool {
		return slices.ContainsFunc(in, func(of []*mark) bool { return of[0].name == name })
	}
	var parts parts
	for _, marks := range in {
		m := marks[0] // those that stand in for Node name the release that they are like, and its V8
		if m.isNode() && (has("bun") || has("deno")) || string(m.tail) == "-node." && has("bun") {
			continue
		}
		r.addRuntime(img, marks, &parts)
	}
	if len(parts.ids) > 0 {
		r.Unavailable(r.at(), "take the LICENSE of that release, and state what it says with clarify",
			"the libraries that are part of "+strings.Join(parts.names, ", ")+" have licenses of their own, which the program does not tell", parts.ids...)
	}
	return nil
}

// parts are the runtimes that have parts with licenses of their own.
type parts struct {
	names []string
	ids   []sbom.ID
}

func (r *reader) addRuntime(img *image, marks []*mark, parts *parts) {
	m := marks[0]
	license, partly := strings.CutSuffix(m.license, " ...")
	version := img.versionOf(marks)
	id := r.Add(sbom.Component{
		Name: m.name, Version: version, PURL: ecosystem.PURL("generic", "", m.name, version),
		Type: sbom.TypeFramework, Origin: sbom.OriginEmbedded, Claims: r.known(m.name, license),
	}, "", r.at())
	if info, err := fs.Stat(r.FS, path.Join(path.Dir(r.file), vendored.CreditsFile)); err == nil && info.Mode().IsRegular() && (m.name == "chromium" || m.name == "v8") {
		partly = false
	}
	if partly {
		parts.names, parts.ids = append(parts.names, m.name), append(parts.ids, id)
	}
}

// needUnwinder finds libgcc where glibc or libstdc++ is linked in: both unwind the stack by it, and where it is not loaded
// it is in the program, though a stripped one, or one for Windows, has no symbol that says so.
func needUnwinder(img *image, marks []*mark) {
	isLoaded := slices.ContainsFunc(img.libraries, func(lib string) bool {
		return strings.HasPrefix(lib, "libgcc_s") || strings.HasPrefix(lib, "libunwind")
	})
	needs := slices.ContainsFunc(marks, func(m *mark) bool { return m.found && (m.name == "glibc" || m.name == "libstdc++") })
	for _, m := range marks {
		if m.name == "libgcc" && needs && !isLoaded {
			m.found = true
		}
	}
}

// known is the claim of what is known of a runtime and not read in the program.
func (r *reader) known(runtime, license string) []sbom.Claim {
	return detect.Known("runtime:"+runtime, license, r.at())
}

// search looks for the marks where each may stand.
func (img *image) search(marks []*mark) error {
	find := func(section, where string) error {
		var wanted []*mark
		for _, m := range marks {
			if m.where == where && !m.found {
				wanted = append(wanted, m)
			}
		}
		return img.searchSection(section, wanted)
	}
	addons := &mark{where: "export", head: []byte("napi_")} // a runtime of JavaScript offers these to what it loads
	marks = append(slices.Clip(marks), addons)
	for _, at := range [][2]string{{".strtab", "symbol"}, {".dynstr", "export"}, {".rdata", "export"}} {
		if err := find(at[0], at[1]); err != nil {
			return err
		}
	}
	if !img.mayHoldTexts() && !addons.found {
		return nil
	}
	for _, section := range texts {
		if err := find(section, "text"); err != nil {
			return err
		}
	}
	return nil
}

// mayHoldTexts spares most programs the search: one in C that loads its libraries has none of these runtimes. The others unwind
// their stack, load nothing, which one that may lie anywhere in memory tells only by what it does not name, or are of a format
// that does not tell.
func (img *image) mayHoldTexts() bool {
	return !img.loads || img.sections[".gcc_except_table"] != nil
}

// searchSection reads a section once, a window at a time. One that is cut short is searched as far as it goes.
func (img *image) searchSection(section string, marks []*mark) error {
	s := img.sections[section]
	if s == nil || len(marks) == 0 {
		return nil
	}
	in := io.LimitReader(s.Open(), maxRead)
	if img.window == nil {
		img.window = make([]byte, window)
	}
	buf := img.window
	for kept := 0; ; {
		n, err := io.ReadFull(in, buf[kept:])
		data := buf[:kept+n]
		for _, m := range marks {
			m.look(data)
		}
		switch {
		case errors.Is(err, errLarge):
			return err
		case err != nil:
			return nil
		}
		kept = copy(buf, data[len(data)-overlap:])
	}
}

// look looks for the mark in a window: for its tail, and for the last head before that, so that no byte is looked at more than
// twice, however often the one or the other comes.
func (m *mark) look(data []byte) {
	if len(m.tail) < 2 { // one that short is everywhere
		for !m.found {
			i := bytes.Index(data, m.head)
			if i < 0 {
				return
			}
			data = data[i+len(m.head):]
			m.inner = leading(data)
			m.found = !m.open || m.plausible() && bytes.HasPrefix(data[len(m.inner):], m.tail)
		}
		return
	}
	for !m.found {
		end := bytes.Index(data, m.tail)
		if end < 0 {
			return
		}
		before := data[max(0, end+len(m.tail)-overlap):end]
		if i := bytes.LastIndex(before, m.head); i >= 0 {
			m.inner = string(before[i+len(m.head):])
			m.found = m.plausible()
		}
		data = data[end+len(m.tail):]
	}
}
