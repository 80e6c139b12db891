package registry

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

// The limits of one answer.
const (
	maxBody    = 128 << 20 // bytes of a package
	maxIndex   = 32 << 20  // bytes of what a registry says about packages
	maxTime    = 2 * time.Minute
	attempts   = 3
	maxWait    = 30 * time.Second // of what a server asks for by Retry-After
	maxForward = 5                // redirects
	maxSilent  = 20 * time.Second // until an answer begins
	maxFailed  = 4                // packages in a row for which a host could not be reached, before it is asked no more
	maxShared  = 64 << 20         // bytes of documents that are asked for once
)

// usualInterval is how long a host is left alone between two requests: ten a second are what the registries' own tools do.
const usualInterval = 100 * time.Millisecond

// client fetches files. Proxies are those of the environment, as net/http reads it.
type client struct {
	http            http.Client
	keys            Keyring
	pause, interval time.Duration

	mu     sync.Mutex
	hosts  map[string]*host
	shared map[string]*document
	kept   int // bytes of shared
}

// host is what is known of one.
type host struct {
	next   time.Time // when it may be asked again
	failed int       // how often it could not be reached since it last answered
}

// document is an answer that many packages are looked up in.
type document struct {
	sync.Mutex
	answer *answer
	err    error
}

// answer is what a registry sent.
type answer struct {
	data []byte
	url  *url.URL // where it lay in the end
	kind string   // its Content-Type
}

func newClient(c Config, keys Keyring) *client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.ResponseHeaderTimeout = maxSilent
	return &client{
		keys: keys, pause: cmp.Or(c.Pause, time.Second), interval: cmp.Or(c.Interval, usualInterval), hosts: map[string]*host{}, shared: map[string]*document{},
		http: http.Client{Transport: transport, Timeout: maxTime, CheckRedirect: forward},
	}
}

// forward says whether a redirect is followed, and takes away what is another host's business.
func forward(req *http.Request, via []*http.Request) error {
	if len(via) > maxForward {
		return fmt.Errorf("more than %d redirects", maxForward)
	}
	if via[0].URL.Scheme == "https" && req.URL.Scheme != "https" {
		return errors.New("redirected from https to " + req.URL.Scheme)
	}
	if req.URL.Scheme != "https" && req.URL.Scheme != "http" {
		return errors.New("redirected to " + req.URL.Scheme)
	}
	req.Header.Del("Referer") // an address may hold a secret in its query
	if req.URL.Host != via[0].URL.Host || req.URL.User != nil {
		req.Header.Del("Authorization") // net/http would send it to the subdomains too
		req.URL.User = nil
	}
	return nil
}

// statusError is an answer that is none.
type statusError int

func (e statusError) Error() string {
	return fmt.Sprintf("the registry answers with status %d", int(e))
}

// isGone reports whether the registry says that it does not have what was asked for.
func isGone(err error) bool {
	status := statusError(0)
	return errors.As(err, &status) && (status == http.StatusNotFound || status == http.StatusGone)
}

// get fetches a file of no more than limit bytes; accept is the header of that name.
func (c *client) get(ctx context.Context, address, accept string, limit int64) (*answer, error) {
	wait := c.pause
	name := ""
	if u, err := url.Parse(address); err == nil {
		name = u.Host
	}
	for n := 1; ; n++ {
		if err := c.turn(ctx, name); err != nil {
			return nil, err
		}
		a, after, err := c.try(ctx, address, accept, limit)
		if err == nil || n == attempts || after < 0 || ctx.Err() != nil {
			switch {
			case after < 0 || err == nil: // it answers
				c.host(name, func(h *host) { h.failed = 0 })
			case ctx.Err() == nil:
				c.host(name, func(h *host) { h.failed++ })
			}
			return a, err
		}
		after = min(after, maxWait)
		c.host(name, func(h *host) { // who asks for patience asks all
			if at := time.Now().Add(after); at.After(h.next) {
				h.next = at
			}
		})
		if err := sleep(ctx, max(min(wait, maxWait), after)); err != nil {
			return nil, err
		}
		wait *= 4
	}
}

// once fetches a document that many packages are looked up in, such as a registry's own description: one of them waits for the answer,
// and all others for that one. What failed is tried again by the next.
func (c *client) once(ctx context.Context, address, accept string) (*answer, error) {
	c.mu.Lock()
	d := c.shared[address]
	if d == nil {
		d = &document{}
		c.shared[address] = d
	}
	c.mu.Unlock()
	d.Lock()
	defer d.Unlock()
	if d.answer != nil || isGone(d.err) {
		return d.answer, d.err
	}
	a, err := c.get(ctx, address, accept, maxIndex)
	if d.err = err; err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.kept+len(a.data) <= maxShared {
		d.answer = a
		c.kept += len(a.data)
	}
	return a, nil
}

var errSilent = errors.New("the registry could not be reached for several packages, and was asked for no more")

// host changes what is known of a host.
func (c *client) host(name string, change func(*host)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	h := c.hosts[name]
	if h == nil {
		h = &host{}
		c.hosts[name] = h
	}
	change(h)
}

// turn waits until the host may be asked; it fails if the host is asked no more.
func (c *client) turn(ctx context.Context, name string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	var at time.Time
	silent := false
	c.host(name, func(h *host) {
		if silent = h.failed >= maxFailed; silent {
			return
		}
		if at = time.Now(); h.next.After(at) {
			at = h.next
		}
		h.next = at.Add(c.interval)
	})
	if silent {
		return errSilent
	}
	return sleep(ctx, time.Until(at))
}

// sleep waits, or fails when there is no time left.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// try fetches a file once. after is how long to wait at least before another attempt, negative if none can help.
func (c *client) try(ctx context.Context, address, accept string, limit int64) (a *answer, after time.Duration, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil || req.URL.Scheme != "http" && req.URL.Scheme != "https" || req.URL.Host == "" {
		return nil, -1, errors.New("the registry is configured by something that is no address")
	}
	req.Header.Set("User-Agent", "licet")
	if accept != "" {
		req.Header.Set("Accept", accept)
	}
	withheld := false
	req.URL.User = nil // a registry's answer cannot name credentials
	if header := c.keys.header(req.URL); header != "" {
		if withheld = !mayBeTold(req.URL); !withheld {
			req.Header.Set("Authorization", header)
		}
	}
	res, err := c.http.Do(req)
	if err != nil {
		return nil, 0, plain(err)
	}
	defer res.Body.Close()
	switch {
	case res.StatusCode == http.StatusTooManyRequests || res.StatusCode >= 500:
		return nil, retryAfter(res.Header.Get("Retry-After")), statusError(res.StatusCode)
	case withheld && (res.StatusCode == http.StatusUnauthorized || res.StatusCode == http.StatusForbidden):
		return nil, -1, errWithheld
	case res.StatusCode != http.StatusOK:
		return nil, -1, statusError(res.StatusCode)
	case res.ContentLength > limit:
		return nil, -1, errMuch(limit)
	}
	data, err := io.ReadAll(io.LimitReader(res.Body, limit+1))
	if err == nil && int64(len(data)) > limit {
		return nil, -1, errMuch(limit)
	}
	return &answer{data, res.Request.URL, res.Header.Get("Content-Type")}, 0, plain(err)
}

func errMuch(limit int64) error {
	return fmt.Errorf("the registry sends more than %d MiB", limit>>20)
}

// retryAfter reads the header (RFC 9110, section 10.2.3): seconds, or a date.
func retryAfter(value string) time.Duration {
	if seconds, err := strconv.Atoi(value); err == nil {
		return time.Duration(max(0, min(seconds, 3600))) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(0, time.Until(at))
	}
	return 0
}

// mayBeTold reports whether an address is one that credentials are sent to: anybody on the way reads what goes by http. The go
// command does the same (go help goauth). What stays on this machine passes nobody.
func mayBeTold(u *url.URL) bool {
	ip := net.ParseIP(u.Hostname())
	return u.Scheme == "https" || u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}

var errWithheld = errors.New("the registry asks for credentials, and has an address of http: they are sent by https only")

// plain says what went wrong, the same for all packages of one host: without the address, which may hold credentials, without the port from
// which it was asked, and without what the server wrote, which may repeat to us what it was told.
func plain(err error) error {
	if err == nil {
		return nil
	}
	e := (*url.Error)(nil)
	if !errors.As(err, &e) {
		return errors.New("the registry's answer ends early")
	}
	if e.Timeout() {
		return errors.New("the registry does not answer in time")
	}
	why := e.Err
	if op := (*net.OpError)(nil); errors.As(why, &op) && op.Op != "dial" {
		why = op.Err
	}
	text := why.Error()
	if said := textproto.ProtocolError(""); errors.As(why, &said) {
		text = "its answer is malformed"
	}
	text, _, _ = strings.Cut(text, `"`)
	if len(text) > maxReason {
		text = text[:maxReason]
	}
	return errors.New("the registry cannot be reached: " + strings.TrimSpace(text))
}

// maxReason bounds what is told of an error, in bytes.
const maxReason = 200

// join is an address below another one, whose elements are names: none leads up or out.
func join(address string, elem ...string) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", errors.New("the registry is configured by something that is no address")
	}
	p := strings.TrimSuffix(u.EscapedPath(), "/")
	for _, e := range elem {
		if e == "." || e == ".." || e == "" {
			return "", errNotAsked
		}
		p += "/" + url.PathEscape(e)
	}
	u.RawPath = p
	if u.Path, err = url.PathUnescape(p); err != nil {
		return "", errNotAsked
	}
	return u.String(), nil
}

// follow is the address that an answer names. What was asked for by https is not fetched by anything else.
func (a *answer) follow(ref string) (string, error) {
	u, err := a.url.Parse(ref)
	if err != nil || u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || a.url.Scheme == "https") {
		return "", errors.New("the registry names a place for the package that is not fetched from")
	}
	u.User, u.Fragment, u.RawFragment = nil, "", ""
	return u.String(), nil
}
