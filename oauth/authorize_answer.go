package oauth

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
)

// answerClient gives the client what it asked for: a code, tokens, or both.
func (s *Server) answerClient(ctx context.Context, a *authorization, step *Step) (*AuthorizeAnswer, error) {
	asked := a.asked
	scope, err := s.allowed(ctx, asked, step)
	if err != nil {
		return nil, err
	}
	if a.handle != "" {
		first, err := s.Requests.Use(ctx, a.handle, s.now())
		if err != nil {
			return nil, err
		}
		if !first {
			return nil, refusal(InvalidRequestURI, "the pushed request was answered before; push a new one")
		}
	}
	family := s.newFamily(a.request.Origin, asked.Client, step.Subject, scope.Items)
	family.AuthTime, family.Methods, family.Level, family.Session, family.Proof = step.AuthTime, step.Methods, step.Level, step.Session, step.Proof
	family.RedirectURI, family.RedirectSent = asked.RedirectURI, a.parameters.Get("redirect_uri") != ""
	family.Challenge, family.Nonce, family.Claims = asked.Challenge, asked.Nonce, a.parameters.Get("claims")
	family.EndsAt = s.now().Add(s.Policy.accessTokenLife())
	if asked.Offline {
		s.keepOffline(family)
	}
	granted := &Authorization{
		Client: asked.Client, Subject: step.Subject, Scope: scope,
		AuthTime: step.AuthTime, Methods: step.Methods, Level: step.Level, Session: step.Session, Family: family, First: true,
	}
	answer, err := s.frontAnswer(ctx, asked, granted)
	if errors.Is(err, ErrEnded) {
		return nil, signedOut()
	}
	if err != nil {
		return nil, err
	}
	s.Observer.SignedIn(ctx, a.request.Origin, asked.Client, step.Session)
	if asked.ResponseType.front() {
		s.Observer.Issued(ctx, a.request.Origin, asked.Client, "")
	}
	return &AuthorizeAnswer{Redirect: s.redirect(asked, answer, nil)}, nil
}

// signedOut refuses what a person allowed whose sign-in, or consent, ended while the request was on its way.
func signedOut() *Error {
	return refusal(AccessDenied, "the sign-in of the person, or what the person allowed, ended at the same moment; ask again")
}

// frontAnswer makes what travels through the browser.
func (s *Server) frontAnswer(ctx context.Context, asked *Asked, granted *Authorization) ([]Parameter, error) {
	var answer []Parameter
	var code, accessToken string
	var err error
	family := granted.Family
	switch {
	case asked.ResponseType.Code:
		if code, err = s.Families.SaveCode(ctx, family, s.now().Add(CodeLife)); err != nil {
			return nil, err
		}
		answer = append(answer, Parameter{"code", code})
	case asked.ResponseType.Token && len(asked.Claims.UserInfo) > 0:
		// What userinfo is asked to tell must be found again later; without such a wish nothing is kept.
		if _, err := s.Families.SaveRefresh(ctx, family); err != nil {
			return nil, err
		}
	case asked.ResponseType.Token:
		if err := s.Families.Holds(ctx, family); err != nil {
			return nil, err
		}
	}
	if asked.ResponseType.Token {
		response, err := s.issue(ctx, granted)
		if err != nil {
			return nil, err
		}
		accessToken = response.AccessToken
		answer = append(answer, Parameter{"access_token", accessToken}, Parameter{"token_type", response.TokenType},
			Parameter{"expires_in", strconv.FormatInt(int64(response.ExpiresIn/time.Second), 10)}, Parameter{"scope", response.Scope})
	}
	if asked.ResponseType.IDToken {
		text, err := s.idToken(ctx, granted, idTokenBinding{
			code: code, accessToken: accessToken, alone: !asked.ResponseType.Code && !asked.ResponseType.Token,
		})
		if err != nil {
			return nil, err
		}
		answer = append(answer, Parameter{"id_token", text})
	}
	return answer, nil
}

// CodeLife is how long a code can be redeemed.
const CodeLife = time.Minute

// withinReach resolves what the person allows of what was asked, for this person.
func (s *Server) withinReach(ctx context.Context, asked *Asked, step *Step) (Scope, error) {
	items := asked.Scope.Items
	if step.Items != nil {
		items = slices.DeleteFunc(slices.Clone(items), func(item string) bool { return !slices.Contains(step.Items, item) })
	}
	if len(items) == 0 {
		return Scope{}, refusal(InvalidScope, "nothing of the scope was allowed")
	}
	return s.resolveScope(ctx, asked.Client, step.Subject, strings.Join(items, " "), s.reservedItems(asked.Client))
}
