package oauth

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.org/hub/oauth/jose"
)

// The checks after client and redirect URI are proven. What they refuse is told to the client.

func noRepeats(_ *Server, _ context.Context, a *authorization) error {
	if name, found := a.parameters.repeated(); found {
		return refusal(InvalidRequest, "parameter %s is repeated", plainName(name))
	}
	return nil
}

// plainName makes the name of a parameter fit for a description.
func plainName(name string) string {
	if len(name) > 40 {
		name = name[:40]
	}
	return plain(name)
}

func sensibleTexts(_ *Server, _ context.Context, a *authorization) error {
	for _, name := range []string{"state", "nonce"} {
		if len(a.parameters.Get(name)) > maxText {
			return refusal(InvalidRequest, "%s has more than %d bytes", name, maxText)
		}
	}
	a.asked.Nonce = a.parameters.Get("nonce")
	return nil
}

func knownResponseType(_ *Server, _ context.Context, a *authorization) error {
	text := a.parameters.Get("response_type")
	if text == "" {
		return refusal(InvalidRequest, "response_type is missing")
	}
	kind, known := parseResponseType(text)
	if !known {
		return refusal(UnsupportedResponseType, "this server does not know that response_type; it knows %s", strings.Join(responseTypes, ", "))
	}
	a.asked.ResponseType = kind
	return nil
}

func fittingMode(_ *Server, _ context.Context, a *authorization) error {
	mode, allowed := a.asked.ResponseType.mode(a.parameters.Get("response_mode"))
	a.asked.Mode = mode
	if !allowed {
		return refusal(InvalidRequest, "response_mode must be query, fragment or form_post, and not query where tokens are asked for")
	}
	return nil
}

func mayUseFlow(_ *Server, _ context.Context, a *authorization) error {
	kind, client := a.asked.ResponseType, a.asked.Client
	for flow, wanted := range map[string]bool{(AuthorizationCode{}).Type(): kind.Code, Implicit: kind.front()} {
		if wanted && !client.MayUse(flow) {
			return refusal(UnauthorizedClient, "the service may not use the flow %s", flow).because(Explanation{
				Reason: "the flow is switched off for this service", Expected: strings.Join(client.GrantTypes, " "), Received: flow,
				Setting: SettingFlows,
			})
		}
	}
	return nil
}

// Implicit is the flow that lets tokens travel through the browser.
const Implicit = "implicit"

func pushedIfRequired(_ *Server, _ context.Context, a *authorization) error {
	if a.asked.Client.RequirePAR && !a.pushed {
		return refusal(InvalidRequest, "the service must push its requests first").because(Explanation{
			Reason: "the service requires pushed authorization requests", Setting: SettingPushedRequests,
		})
	}
	return nil
}

func soundChallenge(_ *Server, _ context.Context, a *authorization) error {
	challenge, method := a.parameters.Get("code_challenge"), a.parameters.Get("code_challenge_method")
	client := a.asked.Client
	switch {
	case challenge == "" && method != "":
		return refusal(InvalidRequest, "code_challenge_method was sent without a code_challenge")
	case challenge == "" && a.asked.ResponseType.Code && (client.Public || client.RequirePKCE):
		return refusal(InvalidRequest, "code_challenge is missing: the service must use PKCE with S256").because(Explanation{
			Reason: "a public service, or one that requires it, must use PKCE", Setting: SettingPKCE,
		})
	case challenge == "":
		return nil
	case method != "S256":
		return refusal(InvalidRequest, "code_challenge_method must be S256").because(Explanation{
			Reason: "the code_challenge is not one of S256: plain protects nothing, and is what is meant where no method is named", Expected: "S256",
			Received: cmp.Or(plainName(method), "plain"), Setting: SettingPKCE,
		})
	case !isChallenge(challenge):
		return refusal(InvalidRequest, "code_challenge must be the SHA-256 of the verifier in base64url: 43 characters")
	}
	a.asked.Challenge = challenge
	return nil
}

// askedScope keeps the items that name something. A request without scope is for the service itself.
func askedScope(s *Server, ctx context.Context, a *authorization) (err error) {
	client, text := a.asked.Client, a.parameters.Get("scope")
	if strings.TrimSpace(text) == "" {
		text = client.ID
		if a.parameters.Get("resource") != "" {
			return nil // it names the services instead
		}
	}
	reserved := s.reservedItems(client)
	// without a code there is nothing to be offline with (OpenID Connect Core 1.0 section 11)
	if kind := a.asked.ResponseType; kind.front() && !kind.Code {
		reserved = slices.DeleteFunc(reserved, func(item string) bool { return item == ScopeOffline })
	}
	a.asked.Scope, err = s.resolveScope(ctx, client, nil, text, reserved)
	return err
}

func askedResources(s *Server, ctx context.Context, a *authorization) error {
	scope := &a.asked.Scope
	for _, uri := range a.parameters["resource"] {
		if uri == "" {
			continue // a parameter without a value counts as not sent (RFC 6749 section 3.1)
		}
		resource, err := s.resourceAt(ctx, uri)
		if err != nil {
			return err
		}
		if !scope.covers(resource) {
			scope.Items, scope.Resources = append(scope.Items, resource.ID), append(scope.Resources, resource)
		}
	}
	a.asked.Offline = a.asked.ResponseType.Code && s.wantsOffline(a.asked.Client, a.parameters.Get("access_type"), *scope)
	return nil
}

func soundIDToken(_ *Server, _ context.Context, a *authorization) error {
	if !a.asked.ResponseType.IDToken {
		return nil
	}
	if !slices.Contains(a.asked.Scope.Items, ScopeOpenID) {
		return refusal(InvalidScope, "an ID token is asked for, yet scope has no openid")
	}
	if a.asked.Nonce == "" { // OpenID Connect Core 1.0 section 3.2.2.1
		return refusal(InvalidRequest, "nonce is missing: it is required where an ID token travels through the browser")
	}
	return nil
}

var prompts = []string{"none", "login", "consent", "select_account"}

func soundPrompt(_ *Server, _ context.Context, a *authorization) error {
	for value := range strings.FieldsSeq(a.parameters.Get("prompt")) {
		if slices.Contains(prompts, value) {
			a.asked.Prompt = append(a.asked.Prompt, value)
		}
	}
	if a.asked.Prompts("none") && len(a.asked.Prompt) > 1 {
		return refusal(InvalidRequest, "prompt=none cannot go with another value")
	}
	return nil
}

func soundMaxAge(_ *Server, _ context.Context, a *authorization) error {
	text := a.parameters.Get("max_age")
	if text == "" {
		a.asked.MaxAge = a.asked.Client.DefaultMaxAge
		return nil
	}
	seconds, err := strconv.ParseUint(text, 10, 31)
	if err != nil {
		return refusal(InvalidRequest, "max_age must be a number of seconds")
	}
	age := time.Duration(seconds) * time.Second
	a.asked.MaxAge = &age
	return nil
}

func readClaims(_ *Server, _ context.Context, a *authorization) error {
	claims, err := parseClaimsRequest(a.parameters.Get("claims"))
	if err != nil {
		return refusal(InvalidRequest, "claims must be a JSON object with the members userinfo and id_token, each an object").
			because(Explanation{Reason: err.Error()})
	}
	a.asked.Claims = claims
	return nil
}

func offered(_ *Server, _ context.Context, a *authorization) error {
	if a.parameters.Get("registration") != "" {
		return refusal(RegistrationNotSupported, "registration within the request is not offered here; register the service first")
	}
	return nil
}

// readHint finds who is meant. A hint that cannot be proven any more, since its key is long gone, hints at nobody.
func readHint(s *Server, ctx context.Context, a *authorization) error {
	text := a.parameters.Get("id_token_hint")
	if text == "" {
		return nil
	}
	hint, err := s.readIDToken(ctx, text)
	if errors.Is(err, errNoIDToken) {
		if a.asked.Prompts("none") {
			return refusal(LoginRequired, "id_token_hint is not an ID token of this server, so nobody can be meant by it")
		}
		return nil
	}
	a.asked.HintedSubject = hint.subject
	return err
}

func readRest(_ *Server, _ context.Context, a *authorization) error {
	p, asked := a.parameters, a.asked
	asked.LoginHint, asked.Display = p.Get("login_hint"), p.Get("display")
	asked.ACRValues, asked.UILocales = strings.Fields(p.Get("acr_values")), strings.Fields(p.Get("ui_locales"))
	if _, wished := asked.Claims.IDToken["acr"]; len(asked.ACRValues) == 0 && !wished {
		asked.ACRValues = asked.Client.DefaultACRValues
	}
	asked.RequestCredentials, asked.BypassToLogin = p.Get("request_credentials"), p.Get("auth_mode") == "bypass_to_login"
	if !slices.Contains([]string{"skip", "silent", "required"}, asked.RequestCredentials) {
		asked.RequestCredentials = "default"
	}
	return nil
}

// resourceAt finds the resource server that a URI names (RFC 8707 section 2).
func (s *Server) resourceAt(ctx context.Context, uri string) (*Resource, error) {
	parsed, err := url.Parse(uri)
	if err != nil || !parsed.IsAbs() || parsed.Fragment != "" || len(uri) > maxText {
		return nil, refusal(InvalidTarget, "resource must be an absolute URI without a fragment")
	}
	name := strings.TrimPrefix(uri, s.Issuer+servicesPath)
	if uri == s.Issuer && s.HubServiceID != "" {
		name = s.HubServiceID
	}
	resource, err := s.enabledResource(ctx, name)
	if errors.Is(err, ErrNotFound) {
		return nil, refusal(InvalidTarget, "resource names no service of this environment").because(Explanation{
			Reason: "no service answers to that URI", Expected: s.Issuer + servicesPath + "ID", Received: uri,
		})
	}
	return resource, err
}

// idTokenAlgorithm is what a client's ID tokens are signed with; RS256 unless it asked otherwise (OpenID Connect Core 1.0
// section 15.1).
func (c *Client) idTokenAlgorithm() jose.Algorithm {
	if c.IDTokenAlg == "" {
		return jose.RS256
	}
	return c.IDTokenAlg
}
