package provider

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"net/netip"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/limit"
	"example.org/hub/oauth"
	"example.org/hub/oauth/jose"
)

// requests is the port oauth.Requests.
type requests struct{ view }

// What waiting requests of one client may hold together, in bytes of JSON: those it pushed, and those that browsers posted,
// which anybody can have them do. Beyond it the source that holds most loses its oldest.
const (
	mostPushed  = 16 << 20
	mostStashed = 1 << 20
)

// Push keeps a request under a random handle.
func (r requests) Push(ctx context.Context, request *oauth.PushedRequest) (string, error) {
	document, err := json.Marshal(request.Parameters)
	if err != nil {
		return "", err
	}
	handle, most := rand.Text(), int64(mostPushed)
	if request.Stashed {
		most = mostStashed
	}
	err = r.Store.InsertPushedRequest(ctx, hub.PushedRequest{Digest: r.digest(handle), Environment: r.environment, ClientID: request.ClientID,
		Source: sourceOf(request.From), Stashed: request.Stashed, Document: document, EndsAt: request.Ends}, r.Store.Now(), most)
	if fault.Is(err, fault.Limited) {
		return "", &oauth.Error{
			Code: oauth.TooManyRequests, RetryAfter: time.Minute,
			Description: "too many requests of this client wait to be opened; try again later", Cause: err,
		}
	}
	return handle, fromStore(err)
}

// sourceOf is what those are counted by who share an address, or a network that one subscriber has to himself.
func sourceOf(from netip.Addr) string {
	if !from.IsValid() {
		return ""
	}
	return limit.Source(from).String()
}

// digest is what is kept of a handle.
func (r requests) digest(handle string) []byte { return r.Master.Digest("pushed-request/" + handle) }

// Open gives a live request, and lets it wait for the person from the first time on.
func (r requests) Open(ctx context.Context, handle string, now time.Time, pending time.Duration) (*oauth.PushedRequest, error) {
	row, err := r.Store.OpenPushedRequest(ctx, r.environment, r.digest(handle), now, now.Add(pending))
	if err != nil {
		return nil, fromStore(err)
	}
	request := &oauth.PushedRequest{ClientID: row.ClientID, Ends: row.EndsAt, Stashed: row.Stashed}
	err = json.Unmarshal(row.Document, &request.Parameters)
	return request, err
}

// Use lets the database decide who answers first.
func (r requests) Use(ctx context.Context, handle string, _ time.Time) (bool, error) {
	first, err := r.Store.UsePushedRequest(ctx, r.environment, r.digest(handle))
	return first, fromStore(err)
}

// Request objects that clients keep themselves are kept here as long as they say, and for a moment whatever they say.
const (
	minObjectAge = time.Second
	maxObjectAge = time.Hour
)

// fetchedObject is a request object as it was fetched.
type fetchedObject struct {
	text  string
	until time.Time
}

// Fetch gets the request object at a URI. Whatever is wrong is a verdict on the request: the address is the client's.
func (r requests) Fetch(ctx context.Context, _ *oauth.Client, uri string) (string, error) {
	load := func() (fetchedObject, error) {
		if err := run(r.errands.objects, uri); err != nil {
			return fetchedObject{}, err
		}
		response, err := r.node.Fetch.Get(ctx, uri, jose.MaxToken)
		if err != nil {
			return fetchedObject{}, &oauth.Error{Code: oauth.InvalidRequestURI, Description: "nothing could be fetched from request_uri", Cause: err,
				Explanation: oauth.Explanation{Reason: toOwner(err), Received: uri, Setting: oauth.SettingRequestURIs}}
		}
		return fetchedObject{string(response.Body), time.Now().Add(min(max(response.MaxAge, minObjectAge), maxObjectAge))}, nil
	}
	kept, err := r.objects.get(uri, load)
	if err == nil && time.Now().After(kept.until) {
		r.objects.drop(uri)
		kept, err = r.objects.get(uri, load)
	}
	return kept.text, err
}
