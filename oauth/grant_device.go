package oauth

import (
	"context"
	"errors"
)

// DeviceCode is the grant of RFC 8628.
type DeviceCode struct{}

// Type is "urn:ietf:params:oauth:grant-type:device_code".
func (DeviceCode) Type() string { return "urn:ietf:params:oauth:grant-type:device_code" }

// deviceVerdicts are the answers to a device that polls and does not get its tokens (RFC 8628 section 3.5).
var deviceVerdicts = []struct {
	err         error
	code        Code
	description string
}{
	{ErrPending, AuthorizationPending, "the person has not decided yet; ask again after the interval"},
	{ErrTooFast, SlowDown, "the device asks too often; wait 5 seconds longer between two requests"},
	{ErrDenied, AccessDenied, "the person refused"},
	{ErrEnded, ExpiredToken, "the device code has ended; begin again"},
	{ErrNotFound, InvalidGrant, "the device code was never one of this client"},
}

// Prove polls for what the person decided. Once it was fetched a device code is worth nothing; one that comes again ends
// everything that came of it.
func (DeviceCode) Prove(ctx context.Context, s *Server, request *TokenRequest, client *Client) (*Authorization, error) {
	if request.DeviceCode == "" {
		return nil, refusal(InvalidRequest, "device_code is missing")
	}
	family, refresh, err := s.Devices.Poll(ctx, request.Origin, request.DeviceCode, client.ID, s.now(), deviceInterval)
	if errors.Is(err, ErrUsed) {
		if err := s.Families.End(ctx, request.Origin, family, "a device code was redeemed twice"); err != nil {
			return nil, err
		}
		return nil, badGrant("the device code was redeemed before; everything that came of it has been ended")
	}
	for _, verdict := range deviceVerdicts {
		if errors.Is(err, verdict.err) {
			return nil, refusal(verdict.code, "%s", verdict.description)
		}
	}
	if err != nil {
		return nil, err
	}
	a, err := s.revive(ctx, client, family, family.Scope)
	if err != nil {
		return nil, err
	}
	a.Refresh, a.First = refresh, true
	return a, nil
}
