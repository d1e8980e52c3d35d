package resource

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"example.org/hub/oauth/jose"
)

const (
	maxDocument   = 1 << 20 // bytes of an answer of the hub that are read
	keysFresh     = 10 * time.Minute
	documentFresh = time.Hour
	keysAtMost    = time.Minute // between two fetches that an unknown kid brings about
)

// issuer is what is learned from the hub: where its endpoints are, which keys it signs with, which id the service has.
type issuer struct {
	url      string
	audience string
	client   *http.Client

	endpoints *cached[endpoints]
	keys      *cached[*jose.KeySet]
	id        *cached[string]
}

// endpoints are the members of the hub's metadata (RFC 8414 section 2) that are needed here.
type endpoints struct{ keys, introspection string }

func newIssuer(url, audience string, client *http.Client) *issuer {
	i := &issuer{url: url, audience: audience, client: client}
	i.endpoints = &cached[endpoints]{fetch: i.discover, fresh: documentFresh}
	i.keys = &cached[*jose.KeySet]{fetch: i.fetchKeys, fresh: keysFresh}
	i.id = &cached[string]{fetch: i.fetchID, fresh: documentFresh}
	return i
}

// service gives the id of the service whose API this is: what must stand in a token's audience. A key is looked up once.
func (i *issuer) service(ctx context.Context) (string, error) {
	if isID(i.audience) {
		return i.audience, nil
	}
	return i.id.get(ctx)
}

// isID reports whether a text has the form of a service's id: a UUID, or the id of the Hub service.
func isID(text string) bool {
	if text == "0-0-0-0-0" {
		return true
	}
	if len(text) != 36 {
		return false
	}
	for i, c := range []byte(text) {
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash != (c == '-') || !dash && !strings.ContainsRune("0123456789abcdefABCDEF", rune(c)) {
			return false
		}
	}
	return true
}

// serviceDocument is where the hub describes the service, found by id or key (RFC 9728 section 3).
func (i *issuer) serviceDocument() string {
	return strings.TrimSuffix(i.url, "/") + wellKnown + "/services/" + url.PathEscape(i.audience)
}

func (i *issuer) fetchID(ctx context.Context) (string, error) {
	document, err := i.fetch(ctx, i.serviceDocument())
	if errors.Is(err, errNotFound) {
		return "", unavailable(fmt.Errorf("the hub knows no service %q; set Audience to the id or key of one: %w", i.audience, err))
	}
	if err != nil {
		return "", unavailable(err)
	}
	id, err := document.String("hub_service_id")
	if err != nil || id == "" {
		return "", unavailable(fmt.Errorf("%s has no hub_service_id", i.serviceDocument()))
	}
	return id, nil
}

// discover reads the metadata: in the place OpenID Connect Discovery 1.0 section 4 gives it, else in that of RFC 8414 section 3.
func (i *issuer) discover(ctx context.Context) (endpoints, error) {
	base := strings.TrimSuffix(i.url, "/")
	document, err := i.fetch(ctx, base+"/.well-known/openid-configuration")
	if errors.Is(err, errNotFound) {
		parsed, problem := url.Parse(base)
		if problem != nil {
			return endpoints{}, unavailable(problem)
		}
		document, err = i.fetch(ctx, parsed.Scheme+"://"+parsed.Host+"/.well-known/oauth-authorization-server"+parsed.EscapedPath())
	}
	if err != nil {
		return endpoints{}, unavailable(err)
	}
	// RFC 8414 section 3.3: another issuer's metadata must not be used, however it got there.
	if stated, err := document.String("issuer"); err != nil || stated != i.url {
		return endpoints{}, unavailable(fmt.Errorf("the hub at %s calls itself %q; Issuer must be that, byte for byte", i.url, stated))
	}
	var found endpoints
	for name, into := range map[string]*string{"jwks_uri": &found.keys, "introspection_endpoint": &found.introspection} {
		address, err := document.String(name)
		if err != nil {
			return endpoints{}, unavailable(err)
		}
		if address == "" {
			continue
		}
		if _, err := plainURL(address); err != nil {
			return endpoints{}, unavailable(fmt.Errorf("the metadata of %s: %s %q %w", i.url, name, address, err))
		}
		*into = address
	}
	return found, nil
}

func (i *issuer) fetchKeys(ctx context.Context) (*jose.KeySet, error) {
	found, err := i.endpoints.get(ctx)
	if err != nil {
		return nil, err
	}
	if found.keys == "" {
		return nil, unavailable(fmt.Errorf("the metadata of %s has no jwks_uri", i.url))
	}
	text, err := i.read(ctx, found.keys)
	if err != nil {
		return nil, unavailable(err)
	}
	set, err := jose.ParseKeySet(text)
	if err != nil {
		return nil, unavailable(fmt.Errorf("%s: %w", found.keys, err))
	}
	return set, nil
}

var errNotFound = errors.New("there is nothing at this address")

// fetch reads a JSON object.
func (i *issuer) fetch(ctx context.Context, address string) (jose.Object, error) {
	text, err := i.read(ctx, address)
	if err != nil {
		return nil, err
	}
	document, err := jose.ParseObject(text)
	if err != nil {
		return nil, fmt.Errorf("GET %s: %w", address, err)
	}
	return document, nil
}

// read gets a document of bounded size.
func (i *issuer) read(ctx context.Context, address string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", "application/json")
	response, err := i.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	switch response.StatusCode {
	case http.StatusOK:
	case http.StatusNotFound:
		return nil, fmt.Errorf("GET %s: %w", address, errNotFound)
	default:
		return nil, fmt.Errorf("GET %s: answered %s", address, response.Status)
	}
	return readAll(response.Body, address)
}

func readAll(body io.Reader, address string) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(body, maxDocument+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", address, err)
	}
	if len(text) > maxDocument {
		return nil, fmt.Errorf("%s: the answer is longer than %d bytes", address, maxDocument)
	}
	return text, nil
}
