package oauth

import (
	"context"
	"errors"
	"slices"
)

// VerifyFor tells whether a bearer may call the API of one resource server: a live token, used from where it may be used,
// meant for that API. A text that was never a token of ours counts against its source, since it may be a guess; a right
// one works even then. also names further tokens that this part of the API takes.
func (s *Server) VerifyFor(ctx context.Context, origin Origin, text, resourceID string, also ...func(*AccessToken) bool) (*Live, error) {
	ctx, done := hurry(ctx)
	defer done()
	live, err := s.Verify(ctx, text, origin.Address)
	var wrong *Error
	switch {
	case err == nil && !live.HasAudience(resourceID) &&
		!slices.ContainsFunc(also, func(takes func(*AccessToken) bool) bool { return takes(live.AccessToken) }):
		return nil, refusal(InvalidToken, "the token is not for this service").because(Explanation{
			Reason: "the token is for other services", Expected: resourceID, Received: live.Scope,
			Setting: SettingScope, Client: live.ClientID,
		})
	case err == nil:
		return live, nil
	case errors.As(err, &wrong) && wrong.unknown:
		return nil, s.guessed(ctx, origin, text, wrong)
	}
	return nil, err
}

// guessed counts a token that was never one of ours, and knows the keys of old that were retired.
func (s *Server) guessed(ctx context.Context, origin Origin, text string, wrong *Error) error {
	advice, retired, err := s.Clients.Retired(ctx, text)
	if err != nil {
		return err
	}
	if retired {
		return &Error{
			Code: InvalidClient, Description: advice, Retired: true,
			Explanation: Explanation{Reason: "a retired organisation-level API key was used as a bearer token"},
		}
	}
	if wait := s.Throttle.Blocked(origin.Address, ""); wait > 0 {
		return &Error{Code: TooManyRequests, RetryAfter: wait, Description: "too many wrong credentials from this address; wait before trying again",
			Explanation: wrong.Explanation}
	}
	s.Throttle.Failed(origin.Address, "")
	return wrong
}
