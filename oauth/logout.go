package oauth

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
)

// LogoutRequest is a request of a client to sign a person out (OpenID Connect RP-Initiated Logout 1.0 section 2).
type LogoutRequest struct {
	Origin     Origin
	Parameters Parameters
	// SignedIn is the user who is signed in with this browser; empty: nobody.
	SignedIn string
}

// LogoutAnswer says what to do. A problem is shown, and nobody is signed out. Otherwise the person is signed out, after
// being asked if Confirm says so, and sent to Redirect if there is one.
type LogoutAnswer struct {
	Problem  *Error
	Confirm  bool
	Client   *Client // who asks, as far as it is known
	Redirect string
}

// Logout answers a request at the end-session endpoint. Only an ID token of the one who is signed in proves that the request
// does not come from a stranger's page; without it the person is asked.
func (s *Server) Logout(ctx context.Context, request *LogoutRequest) *LogoutAnswer {
	answer, err := s.logout(ctx, request)
	if err != nil {
		return &LogoutAnswer{Problem: s.Refuse(ctx, request.Origin, request.Parameters.Get("client_id"), err)}
	}
	return answer
}

// KeepLogout keeps a request to sign out that is too long for an address, and gives the one parameter to send the browser to
// the endpoint with again. Only who holds an ID token of ours can have something kept. Errors are *Error and have their error id.
func (s *Server) KeepLogout(ctx context.Context, request *LogoutRequest) (Parameters, error) {
	kept, err := s.keepLogout(ctx, request)
	if err != nil {
		return nil, s.Refuse(ctx, request.Origin, request.Parameters.Get("client_id"), err)
	}
	return Parameters{"request_uri": {kept.RequestURI}}, nil
}

func (s *Server) keepLogout(ctx context.Context, request *LogoutRequest) (*Pushed, error) {
	hint, err := s.readIDToken(ctx, request.Parameters.Get("id_token_hint"))
	if errors.Is(err, errNoIDToken) || err == nil && s.Requests == nil {
		return nil, refusal(InvalidRequest, "the request is too long, and has no id_token_hint that is an ID token of this server")
	}
	if err != nil {
		return nil, err
	}
	return s.keepRequest(ctx, &PushedRequest{
		ClientID: hint.client, From: request.Origin.Address, Parameters: request.Parameters,
		Ends: s.now().Add(pushLife), Stashed: true,
	}, pushLife)
}

// openLogout gives the parameters that were kept of a request, or those sent.
func (s *Server) openLogout(ctx context.Context, sent Parameters) (Parameters, error) {
	handle, kept := strings.CutPrefix(sent.Get("request_uri"), handlePrefix)
	if !kept || s.Requests == nil {
		return sent, nil
	}
	request, err := s.Requests.Open(ctx, handle, s.now(), pendingLife)
	if errors.Is(err, ErrNotFound) || err == nil && !request.Stashed {
		return nil, refusal(InvalidRequest, "the request has ended: go back to the service and sign out there again")
	}
	if err != nil {
		return nil, err
	}
	return request.Parameters, nil
}

func (s *Server) logout(ctx context.Context, request *LogoutRequest) (*LogoutAnswer, error) {
	p, err := s.openLogout(ctx, request.Parameters)
	if err != nil {
		return nil, err
	}
	if name, found := p.repeated(); found {
		return nil, refusal(InvalidRequest, "parameter %s is repeated", plainName(name))
	}
	clientID := p.Get("client_id")
	answer := &LogoutAnswer{Confirm: request.SignedIn != ""}
	if text := p.Get("id_token_hint"); text != "" {
		hint, err := s.readIDToken(ctx, text)
		switch {
		case errors.Is(err, errNoIDToken):
			return nil, refusal(InvalidRequest, "id_token_hint is not an ID token of this server")
		case err != nil:
			return nil, err
		case clientID != "" && clientID != hint.client:
			return nil, refusal(InvalidRequest, "client_id is not the client that id_token_hint was issued to")
		}
		clientID = hint.client
		answer.Confirm = answer.Confirm && hint.subject != request.SignedIn
	}
	if clientID != "" {
		client, err := s.Clients.Client(ctx, clientID)
		if errors.Is(err, ErrNotFound) || err == nil && client.Disabled {
			return nil, refusal(InvalidRequest, "no service is registered here under that client_id")
		}
		if err != nil {
			return nil, err
		}
		answer.Client = client
	}
	return s.afterLogout(answer, p)
}

// afterLogout finds where the person goes when signed out: where the client has registered, or nowhere.
func (s *Server) afterLogout(answer *LogoutAnswer, p Parameters) (*LogoutAnswer, error) {
	uri := p.Get("post_logout_redirect_uri")
	switch {
	case uri == "":
		return answer, nil
	case answer.Client == nil:
		return nil, refusal(InvalidRequest, "post_logout_redirect_uri needs an id_token_hint or a client_id, to say whose it is")
	case !slices.Contains(answer.Client.PostLogoutRedirectURIs, uri):
		return nil, refusal(InvalidRequest, "post_logout_redirect_uri is not one that the service has registered").because(Explanation{
			Reason:   "the address after signing out is not registered, byte for byte",
			Expected: strings.Join(answer.Client.PostLogoutRedirectURIs, " "), Received: uri, Setting: SettingPostLogoutURIs,
		})
	}
	answer.Redirect = uri
	if state := onlyIfShort(p, "state"); state != "" {
		separator := "?"
		if strings.Contains(uri, "?") {
			separator = "&"
		}
		answer.Redirect += separator + "state=" + strings.ReplaceAll(url.QueryEscape(state), "+", "%20")
	}
	return answer, nil
}
