package conan

import (
	"io/fs"
	"path"
	"strings"

	"github.com/licet/licet/pkg/doc"
	"github.com/licet/licet/pkg/ecosystem"
	"github.com/licet/licet/pkg/sbom"
	"github.com/licet/licet/pkg/source"
)

// cacheName is the name among the project's caches of the folders of both Conans: data in that of Conan 1, p in that of Conan 2
// (https://docs.conan.io/2/reference/commands/cache.html). In both a package has a recipe, which states the license, and for each
// way in which it was built a folder, with the license files in licenses, by a convention of those who write recipes.
//
//	Conan 1   NAME/VERSION/USER/CHANNEL/export/conanfile.py, and package/ID/licenses beside export
//	Conan 2   FOLDER/e/conanfile.py, FOLDER/p/licenses, and cache.sqlite3, which tells the folders of a reference and its revision
//
// The folder of the recipe is no place to look for license texts: what is in it are the recipe's own files.
const cacheName = "conan"

// stored is a package in the cache: the files of its recipe, and the folders in which it was built.
type stored struct {
	recipe string
	built  []string
}

// cached gives a package the license of its recipe, and the folder with its license files, "" if there is none.
func (r *reader) cached(c *sbom.Component, ref reference) (dir string) {
	cache := r.Caches[cacheName]
	if cache == nil {
		return ""
	}
	s := r.second(ref)
	if s.recipe == "" {
		s = first(cache, ref)
	}
	file := path.Join(s.recipe, "conanfile.py")
	data, err := ecosystem.ReadFile(cache, file, maxSize)
	if s.recipe == "" || err != nil {
		return ""
	}
	d, _ := doc.Code(source.JoinRoot(cacheName, file), data, doc.Python)
	for key, value := range attributes(d.Root()) {
		if key.IsWord("license") && c.Claims == nil {
			c.Claims = license(value)
		}
	}
	for _, built := range s.built {
		if info, err := fs.Stat(cache, path.Join(built, "licenses")); err == nil && info.IsDir() {
			return source.JoinRoot(cacheName, path.Join(built, "licenses"))
		}
	}
	return ""
}

// first finds a package of Conan 1.
func first(cache fs.FS, ref reference) (s stored) {
	user, channel := ref.user, ref.channel
	if user == "" {
		user, channel = "_", "_"
	}
	top := path.Join(ref.name, ref.version, user, channel)
	if _, err := fs.Stat(cache, path.Join(top, "export")); !fs.ValidPath(top) || err != nil {
		return s
	}
	s.recipe = path.Join(top, "export")
	builds, _ := fs.ReadDir(cache, path.Join(top, "package"))
	for _, b := range builds {
		s.built = append(s.built, path.Join(top, "package", b.Name()))
	}
	return s
}

// second finds a package of Conan 2: that of the revision, if the lockfile has one.
func (r *reader) second(ref reference) stored {
	if r.known == nil {
		r.known = r.readDatabase()
	}
	key := ref.name + "/" + ref.version
	if ref.user != "" {
		key += "@" + ref.user
		if ref.channel != "" {
			key += "/" + ref.channel
		}
	}
	return r.known[key+"#"+ref.revision]
}

// readDatabase reads the database of Conan 2: a package is known by its reference with the revision, and without it by the last one.
func (r *reader) readDatabase() map[string]stored {
	cache, out := r.Caches[cacheName], map[string]stored{}
	const file = "cache.sqlite3"
	data, err := ecosystem.ReadFile(cache, file, maxSize)
	if err != nil {
		return out // there is none
	}
	log, _ := ecosystem.ReadFile(cache, file+"-wal", maxSize)
	db, err := doc.NewSQLite(data, log)
	if err != nil {
		r.Gap(sbom.Gap{Kind: sbom.Lost, Span: source.Span{Path: source.JoinRoot(cacheName, file)}, Next: "run `conan cache check-integrity \"*\"`",
			Why: "Conan's database cannot be read: " + err.Error()})
	}
	if db == nil {
		return out
	}
	each := func(table string, take func(s stored, folder string) stored) {
		for row, err := range db.Rows(table) {
			folder := row.Get("path").Text()
			if err != nil || !fs.ValidPath(folder) {
				continue
			}
			reference := row.Get("reference").Text()
			for _, key := range []string{reference + "#" + row.Get("rrev").Text(), reference + "#"} {
				out[key] = take(out[key], folder)
			}
		}
	}
	each("recipes", func(s stored, folder string) stored { s.recipe = path.Join(folder, "e"); return s })
	each("packages", func(s stored, folder string) stored {
		if len(s.built) < maxBuilt {
			s.built = append(s.built, path.Join(folder, "p"))
		}
		return s
	})
	return out
}

// maxBuilt is how many ways in which a package was built are looked at: its license files are the same in all.
const maxBuilt = 16

// revisionOf is the revision of the recipe in a reference: name/version@user/channel#revision%time:package.
func revisionOf(text string) string {
	_, revision, _ := strings.Cut(text, "#")
	for _, mark := range []string{"%", ":", "#"} {
		revision, _, _ = strings.Cut(revision, mark)
	}
	return strings.TrimSpace(revision)
}
