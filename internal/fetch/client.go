package fetch

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Client fetches documents from elsewhere. The zero Client reaches the public internet only. It is safe for concurrent
// use and keeps no connection open: what it fetches, callers keep.
type Client struct {
	Allow   []netip.Prefix // private ranges that may be reached all the same
	Timeout time.Duration  // for one whole Get, name resolution to last byte; 0 means 5 s
}

// Response is a document with status 200.
type Response struct {
	Body      []byte
	MediaType string        // lower case, without parameters; empty if there was none
	MaxAge    time.Duration // how long the sender allows to keep it; 0 when it does not say or forbids it
}

const (
	defaultTimeout = 5 * time.Second
	maxHeader      = 32 << 10
	maxURL         = 2048
	maxKept        = 365 * 24 * time.Hour
)

// refused is why the dialer did not connect; it travels inside the errors of net and comes out in explain. The address stays in
// the cause: who registers URLs must not learn what names mean inside the operator's network.
type refused struct{ addr netip.Addr }

func (r refused) Error() string { return fmt.Sprintf("%s is not a public address", r.addr) }

// Get fetches an https URL of at most maxBytes. Certificates are checked against the system's roots, redirects are not
// followed, no proxy is used and nothing but the URL is told.
//
// Every error is an *Error: lasting where the URL or what stands behind it must be changed by its owner (not https, a
// private address, a redirect, status 4xx, too big), passing where time may mend it.
func (c *Client) Get(ctx context.Context, address string, maxBytes int64) (Response, error) {
	target, err := parse(address)
	if err != nil {
		return Response{}, err
	}
	timeout := c.Timeout
	if timeout <= 0 {
		timeout = defaultTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	// A request put together by hand and sent by a bare transport: no cookies, no redirects, no credentials from
	// anywhere, and no connection that outlives the call.
	transport := &http.Transport{
		DialContext:            (&net.Dialer{Control: c.control}).DialContext,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		MaxResponseHeaderBytes: maxHeader,
		DisableKeepAlives:      true,
		DisableCompression:     true,
	}
	request := (&http.Request{
		Method: http.MethodGet,
		URL:    target,
		Header: http.Header{"Accept": {"application/json, */*;q=0.5"}, "User-Agent": {"hub"}},
	}).WithContext(ctx)
	answer, err := transport.RoundTrip(request)
	if err != nil {
		return Response{}, explain(target, timeout, err)
	}
	defer answer.Body.Close()
	if err := checkStatus(target, answer); err != nil {
		return Response{}, err
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxBytes+1))
	if err == nil {
		// Hanging up makes some servers end their answer in good order at once: a part of it must not pass for the whole.
		err = ctx.Err()
	}
	if err != nil {
		return Response{}, explain(target, timeout, err)
	}
	if int64(len(body)) > maxBytes {
		return Response{}, lasting(nil, "%s sends more than the %d bytes that are read from it", target, maxBytes)
	}
	mediaType, _, _ := strings.Cut(answer.Header.Get("Content-Type"), ";")
	return Response{Body: body, MediaType: strings.ToLower(strings.TrimSpace(mediaType)), MaxAge: maxAge(answer.Header)}, nil
}

func parse(address string) (*url.URL, error) {
	if len(address) > maxURL {
		return nil, lasting(nil, "the URL to fetch has %d characters, at most %d are taken", len(address), maxURL)
	}
	target, err := url.Parse(address)
	if err != nil {
		return nil, lasting(err, "%q is not a URL", address)
	}
	switch {
	case target.Scheme != "https":
		return nil, lasting(nil, "%s is not fetched: expected a URL that begins with https://", target.Redacted())
	case target.Hostname() == "":
		return nil, lasting(nil, "%s names no host", target.Redacted())
	case target.User != nil:
		return nil, lasting(nil, "%s is not fetched: expected a URL without user name and password", target.Redacted())
	}
	return target, nil
}

// control runs after the name was resolved and before the connection is made, once per address that is tried.
func (c *Client) control(_, address string, _ syscall.RawConn) error {
	peer, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	if addr := peer.Addr().Unmap().WithZone(""); !Public(addr) && !within(addr, c.Allow) {
		return refused{addr}
	}
	return nil
}

func checkStatus(target *url.URL, answer *http.Response) error {
	switch status := answer.StatusCode; {
	case status == http.StatusOK:
		return nil
	case status >= 500 || status == http.StatusTooManyRequests || status == http.StatusRequestTimeout:
		return passing(nil, "%s answered %d, expected 200; try again later", target, status)
	case status >= 300 && status < 400:
		return lasting(nil, "%s answered %d: redirects are not followed, register the address it leads to", target, status)
	default:
		return lasting(nil, "%s answered %d, expected 200", target, status)
	}
}

func explain(target *url.URL, timeout time.Duration, err error) *Error {
	var private refused
	var untrusted *tls.CertificateVerificationError
	var timed net.Error
	switch {
	case errors.As(err, &private):
		return lasting(err, "%s is not fetched: its host has no public address; if that is meant, allow the range with --fetch-allow", target)
	case errors.As(err, &untrusted):
		return passing(err, "the certificate of %s is not trusted by this system (SSL_CERT_FILE names other roots)", target)
	case errors.Is(err, context.Canceled):
		return passing(err, "fetching %s was given up because nobody waits for it", target)
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timed) && timed.Timeout():
		return passing(err, "%s did not answer in full within %s", target, timeout)
	default:
		return passing(err, "%s cannot be reached", target)
	}
}

// maxAge reads Cache-Control and Age (RFC 9111 sections 5.1 and 5.2.2). What is malformed counts as not said.
func maxAge(header http.Header) time.Duration {
	var kept time.Duration
	for directive := range strings.SplitSeq(strings.Join(header.Values("Cache-Control"), ","), ",") {
		name, value, _ := strings.Cut(strings.ToLower(strings.TrimSpace(directive)), "=")
		switch name {
		case "no-store", "no-cache":
			return 0
		case "max-age":
			kept = seconds(strings.Trim(value, `"`))
		}
	}
	return max(kept-seconds(header.Get("Age")), 0)
}

func seconds(text string) time.Duration {
	n, err := strconv.ParseUint(text, 10, 63)
	if err != nil {
		return 0
	}
	return min(time.Duration(min(n, uint64(maxKept/time.Second)))*time.Second, maxKept)
}
