package cocoapods

import (
	"path"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// block is a statement that "end" closes, with the scope of what stands in it.
type block struct{ scope sbom.Scope }

// openers begin a block when they begin a statement.
var openers = map[string]bool{"if": true, "unless": true, "case": true, "def": true, "begin": true, "while": true, "class": true, "module": true}

// statements walks over the statements of a program and hands each on with the scope of the blocks around it; scope tells
// that of a block that the statement opens, "" for that of the blocks around it.
func statements(root doc.Node, scope func(doc.Terms) sbom.Scope, each func(doc.Terms, sbom.Scope)) {
	stack := []block{{sbom.Runtime}}
	for s := range root.Terms().Split("\n", ";") {
		inner := stack[len(stack)-1].scope
		if s[0].IsWord("end") {
			if len(stack) > 1 {
				stack = stack[:len(stack)-1]
			}
			continue
		}
		for _, t := range s { // what a block in braces does for each of a list
			if t.Bracket() == '{' {
				for inside := range t.Terms().Split("\n", ";") {
					if inside = inside.Body(); len(inside) > 0 {
						each(inside, inner)
					}
				}
			}
		}
		each(s, inner)
		if own := scope(s); own != "" {
			inner = own
		}
		if opens(s) {
			stack = append(stack, block{inner})
		}
	}
}

// opens reports whether the statement begins a block: it begins with such a word, or "do" ends it, with the names of what
// the block is given.
func opens(s doc.Terms) bool {
	if openers[s[0].Text()] && s[0].Kind() == doc.Word {
		return !s[len(s)-1].IsWord("end")
	}
	for _, t := range s {
		if t.IsWord("do") {
			return !s[len(s)-1].IsWord("end")
		}
	}
	return false
}

// podfileContent is what a Podfile tells.
type podfileContent struct {
	target string // the first that does not test
	at     source.Span
	wanted []ecosystem.Requirement
}

func (r *reader) parse(file string) doc.Node {
	d, _ := r.Parse(r.FS, file, maxSize, "look whether `pod ipc` can read it", func(file string, data []byte) (*doc.Doc, error) {
		return doc.Code(file, data, doc.Ruby)
	})
	return d.Root()
}

// readPodfile reads the calls of pod. A pod that several targets name has the strongest of their scopes.
func (r *reader) readPodfile(file string) podfileContent {
	out := podfileContent{at: source.Span{Path: file}}
	index := map[string]int{}
	scope := func(s doc.Terms) sbom.Scope {
		if (s[0].IsWord("target") || s[0].IsWord("abstract_target")) && len(s) > 1 {
			_, args := call(s)
			return targetScope(first(args))
		}
		return ""
	}
	statements(r.parse(file), scope, func(s doc.Terms, inner sbom.Scope) {
		n, args := call(s)
		if n.IsWord("target") && out.target == "" && targetScope(first(args)) != sbom.Test && ecosystem.Printable(first(args).Text()) {
			out.target, out.at = first(args).Text(), first(args).Span()
		}
		if !n.IsWord("pod") {
			return
		}
		w, ok := pod(args, inner)
		if !ok {
			r.Lost(n.Span(), "write the name of the pod as a literal", "a pod whose name is computed")
			return
		}
		if i, known := index[w.Key]; known {
			out.wanted[i].Scope = stronger(out.wanted[i].Scope, w.Scope)
			return
		}
		index[w.Key] = len(out.wanted)
		out.wanted = append(out.wanted, w)
	})
	return out
}

// first is the first argument.
func first(args doc.Terms) doc.Node {
	if len(args) == 0 {
		return doc.Node{}
	}
	return args[0]
}

// call splits a statement into what is called and the arguments, which may stand in parentheses.
func call(s doc.Terms) (doc.Node, doc.Terms) {
	if len(s) > 1 && s[1].Bracket() == '(' {
		return s[0], s[1].Terms()
	}
	return s[0], s[1:]
}

func targetScope(name doc.Node) sbom.Scope {
	s := strings.ToLower(name.Text())
	if strings.HasSuffix(s, "tests") || strings.HasSuffix(s, "test") || strings.HasSuffix(s, "specs") {
		return sbom.Test
	}
	return ""
}

func stronger(a, b sbom.Scope) sbom.Scope {
	for _, s := range []sbom.Scope{sbom.Runtime, sbom.Test} {
		if a == s || b == s {
			return s
		}
	}
	return a
}

// pod reads the arguments 'Name', '~> 1.0', '>= 1.2', :configurations => ['Debug'].
func pod(args doc.Terms, scope sbom.Scope) (w ecosystem.Requirement, ok bool) {
	var ranges []string
	for part := range args.Split(",") {
		key, value := part.Pair()
		v := value.Literal()
		switch k := strings.TrimPrefix(key.Text(), ":"); {
		case w.Key == "" && (key.Kind() != doc.Missing || v.Kind() != doc.String):
			return w, false // the name comes first
		case w.Key == "":
			w.Key, w.At = v.Text(), v.Span()
		case key.Kind() == doc.Missing && v.Kind() == doc.String:
			ranges = append(ranges, v.Text())
		case (k == "configurations" || k == "configuration") && onlyDebug(v):
			scope = sbom.Development
		case (k == "git" || k == "path" || k == "podspec") && v.Kind() == doc.String:
			w.What.Source = v.Text()
		}
	}
	w.Scope, w.Range = scope, strings.Join(ranges, ", ")
	from := w.What.Source
	w.What = component(w.Key, exactly(w.Range))
	if strings.Contains(from, "://") {
		w.What.Source = from
	}
	return w, ecosystem.Printable(w.Key)
}

// exactly is the version that a requirement pins: "1.2.3" or "= 1.2.3".
func exactly(requirement string) string {
	version := strings.TrimSpace(strings.TrimPrefix(requirement, "="))
	if version == "" || strings.ContainsAny(version, "<>~=!, ") {
		return ""
	}
	return version
}

// onlyDebug tells of one name of a configuration, or of a list of such, whether there is no other. A name may be a symbol.
func onlyDebug(n doc.Node) bool {
	isDebug := func(n doc.Node) bool { return strings.EqualFold(strings.TrimPrefix(n.Text(), ":"), "Debug") }
	if n.Kind() != doc.Array {
		return isDebug(n)
	}
	some := false
	for item := range n.Items() {
		if !isDebug(item) {
			return false
		}
		some = true
	}
	return some
}

// pathOf is the name of a podspec's pod, by its file.
func pathOf(file string) string {
	return strings.TrimSuffix(strings.TrimSuffix(path.Base(file), ".json"), ".podspec")
}
