package registry

import (
	"cmp"
	"encoding/base64"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// User is who runs licet, as far as the configuration of package managers goes: where it lies, and what the environment says.
type User struct {
	Env func(name string) string
	// Environ are all variables, NAME=VALUE: a part of some names is for the user to choose.
	Environ []string
	// Home and Config are the folders of the user and of the user's configuration, "" where there is none.
	Home, Config string
	// Windows: files lie where they do there.
	Windows bool
}

// maxConfig bounds a file of configuration, in bytes.
const maxConfig = 4 << 20

// read gives the content of a file of the user, nil if it cannot be read: who has none has no configuration.
func (u *User) read(elem ...string) []byte {
	if len(elem) == 0 || elem[0] == "" {
		return nil
	}
	name := filepath.Join(elem...)
	if info, err := os.Stat(name); err != nil || !info.Mode().IsRegular() {
		return nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxConfig+1))
	if err != nil || len(data) > maxConfig {
		return nil
	}
	return data
}

// env is the first of the variables that is set.
func (u *User) env(names ...string) string {
	for _, name := range names {
		if v := u.Env(name); v != "" {
			return v
		}
	}
	return ""
}

// config is the folder of a program's configuration by the XDG specification, on other systems where these have it.
func (u *User) config(program string) string {
	base := cmp.Or(u.Env("XDG_CONFIG_HOME"), u.Config)
	if base == "" {
		return ""
	}
	return filepath.Join(base, program)
}

// Keyring are the user's credentials. Each is for one host, or for a path on it, and goes nowhere else; see client.
type Keyring struct {
	// Tokens are values of the header Authorization, by host and path ("npm.example/path/").
	Tokens map[string]string
	// Logins are names and passwords by host, as netrc has them.
	Logins map[string]Login
}

// Login is what a host asks for.
type Login struct{ Name, Password string }

// put keeps the value of a header for an address and what lies below it.
func (k *Keyring) put(address, header string) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || header == "" {
		return
	}
	if k.Tokens == nil {
		k.Tokens = map[string]string{}
	}
	k.Tokens[u.Host+strings.TrimSuffix(u.EscapedPath(), "/")+"/"] = header
}

// basic keeps a name and a password (RFC 7617). Files lie beside an index as a rule, so they are its host's too, unless that has others.
func (k *Keyring) basic(address, name, password string) {
	header := "Basic " + base64.StdEncoding.EncodeToString([]byte(name+":"+password))
	k.put(address, header)
	if u, err := url.Parse(address); err == nil && k.Tokens[u.Host+"/"] == "" {
		k.put(u.Scheme+"://"+u.Host, header)
	}
}

// take gives an address without the name and password in it, which it keeps.
func (k *Keyring) take(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.User == nil {
		return address
	}
	user := u.User
	u.User = nil
	password, _ := user.Password()
	k.basic(u.String(), user.Username(), password)
	return u.String()
}

// header is what is sent to an address: what is kept for the longest path that leads to it.
func (k *Keyring) header(address *url.URL) string {
	at := address.Host + address.EscapedPath()
	longest, out := -1, ""
	for where, header := range k.Tokens {
		if len(where) > longest && strings.HasPrefix(at+"/", strings.TrimSuffix(where, "/")+"/") {
			longest, out = len(where), header
		}
	}
	if out != "" {
		return out
	}
	if login, ok := k.Logins[address.Hostname()]; ok {
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(login.Name+":"+login.Password))
	}
	return ""
}

// ReadNetrc takes the names and passwords of a netrc, see [Keyring.Logins].
func (k *Keyring) ReadNetrc(text string) { readNetrc(text, k.Logins) }

// readNetrc takes names and passwords by host (inetutils, "The .netrc file"). default is not honoured: it would hand them to any.
func readNetrc(text string, logins map[string]Login) {
	var fields []string
	macro := false
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		macro = line != "" && (macro || strings.HasPrefix(line, "macdef"))
		if !macro && !strings.HasPrefix(line, "#") {
			fields = append(fields, strings.Fields(line)...)
		}
	}
	host := ""
	for len(fields) > 0 {
		key := fields[0]
		fields = fields[1:]
		if key == "default" || len(fields) == 0 {
			host = ""
			continue
		}
		value := fields[0]
		switch l := logins[host]; key {
		case "machine":
			host = (&url.URL{Host: value}).Hostname()
		case "login":
			if host != "" {
				logins[host] = Login{Name: value, Password: l.Password}
			}
		case "password":
			if host != "" {
				logins[host] = Login{Name: l.Name, Password: value}
			}
		case "account":
		default: // what follows an unknown word is nobody's for sure
			host = ""
			continue
		}
		fields = fields[1:]
	}
}
