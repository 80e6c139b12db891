package registry

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

// The limits of one answer.
const (
	maxBody    = 128 << 20 // bytes
	maxTime    = 2 * time.Minute
	attempts   = 3
	maxWait    = 30 * time.Second // of what a server asks for by Retry-After
	maxForward = 5                // redirects
	maxSilent  = 20 * time.Second // until an answer begins
	maxFailed  = 4                // packages for which a host could not be reached, before it is asked no more
)

// client fetches files. Proxies are those of the environment, as net/http reads it.
type client struct {
	http   http.Client
	logins map[string]Login
	pause  time.Duration

	mu     sync.Mutex
	failed map[string]int // how often each host could not be reached
}

func newClient(c Config) *client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.ResponseHeaderTimeout = maxSilent
	return &client{logins: c.Logins, pause: cmp.Or(c.Pause, time.Second), failed: map[string]int{}, http: http.Client{
		Transport: transport,
		Timeout:   maxTime,
		CheckRedirect: func(req *http.Request, via []*http.Request) error {
			if len(via) > maxForward {
				return fmt.Errorf("more than %d redirects", maxForward)
			}
			if via[0].URL.Scheme == "https" && req.URL.Scheme != "https" {
				return errors.New("redirected from https to " + req.URL.Scheme)
			}
			if req.URL.Host != via[0].URL.Host || req.URL.User != nil {
				req.Header.Del("Authorization") // net/http would send it to the subdomains too
				req.URL.User = nil
			}
			return nil
		},
	}}
}

// statusError is an answer that is none.
type statusError int

func (e statusError) Error() string {
	return fmt.Sprintf("the registry answers with status %d", int(e))
}

// get fetches a file. authorization is the header of that name, "" to take what netrc has for the host.
func (c *client) get(ctx context.Context, address, authorization string) ([]byte, error) {
	wait := c.pause
	host := ""
	if u, err := url.Parse(address); err == nil {
		host = u.Host
	}
	for n := 1; ; n++ {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if c.failures(host, 0) >= maxFailed {
			return nil, errSilent
		}
		data, after, err := c.try(ctx, address, authorization)
		if err == nil || n == attempts || after < 0 || ctx.Err() != nil {
			if err != nil && after >= 0 && ctx.Err() == nil {
				c.failures(host, 1)
			}
			return data, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(min(max(wait, after), maxWait)):
		}
		wait *= 4
	}
}

var errSilent = errors.New("the registry could not be reached for several packages, and was asked for no more")

// failures counts the packages for which a host could not be reached.
func (c *client) failures(host string, more int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.failed[host] += more
	return c.failed[host]
}

// try fetches a file once. after is how long to wait at least before another attempt, negative if none can help.
func (c *client) try(ctx context.Context, address, authorization string) (data []byte, after time.Duration, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil || req.URL.Scheme != "http" && req.URL.Scheme != "https" {
		return nil, -1, errors.New("the registry is configured by something that is no address")
	}
	req.Header.Set("User-Agent", "licet")
	login, known := c.logins[req.URL.Hostname()]
	withheld := !mayBeTold(req.URL) && (known || authorization != "" || req.URL.User != nil)
	switch {
	case withheld:
		req.URL.User = nil
	case authorization != "":
		req.Header.Set("Authorization", authorization)
	case known && req.URL.User == nil:
		req.SetBasicAuth(login.Name, login.Password)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return nil, 0, plain(err)
	}
	defer res.Body.Close()
	switch {
	case res.StatusCode == http.StatusTooManyRequests || res.StatusCode >= 500:
		seconds, _ := strconv.Atoi(res.Header.Get("Retry-After"))
		return nil, time.Duration(max(0, min(seconds, 3600))) * time.Second, statusError(res.StatusCode)
	case withheld && (res.StatusCode == http.StatusUnauthorized || res.StatusCode == http.StatusForbidden):
		return nil, -1, errWithheld
	case res.StatusCode != http.StatusOK:
		return nil, -1, statusError(res.StatusCode)
	}
	data, err = io.ReadAll(io.LimitReader(res.Body, maxBody+1))
	if err == nil && len(data) > maxBody {
		return nil, -1, fmt.Errorf("the registry sends more than %d MiB", maxBody>>20)
	}
	return data, 0, plain(err)
}

// mayBeTold reports whether an address is one that credentials are sent to: anybody on the way reads what goes by http. The go
// command does the same (go help goauth). What stays on this machine passes nobody.
func mayBeTold(u *url.URL) bool {
	ip := net.ParseIP(u.Hostname())
	return u.Scheme == "https" || u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}

var errWithheld = errors.New("the registry asks for credentials, and has an address of http: they are sent by https only")

// plain says what went wrong without the address, which may hold credentials, and the same for all packages of one host.
func plain(err error) error {
	if err == nil {
		return nil
	}
	if e := (*url.Error)(nil); errors.As(err, &e) {
		if e.Timeout() {
			return errors.New("the registry does not answer in time")
		}
		return errors.New("the registry cannot be reached: " + strings.TrimSpace(e.Err.Error()))
	}
	return errors.New("the registry's answer ends early")
}
