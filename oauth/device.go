package oauth

import (
	"context"
	"crypto/rand"
	"errors"
	"math/big"
	"strings"
	"time"
)

// DeviceRequest asks for a code to type, on behalf of a device without browser or keyboard (RFC 8628 section 3.1).
type DeviceRequest struct {
	Origin     Origin
	Auth       ClientAuth
	Scope      string
	AccessType string
	Resource   []string
}

// DeviceAnswer is what the device shows and polls with (RFC 8628 section 3.2).
type DeviceAnswer struct {
	DeviceCode string
	UserCode   string // XXXX-XXXX
	// Page is where the person types the user code, PageWithCode the same with the code in it.
	Page, PageWithCode string
	ExpiresIn          time.Duration
	Interval           time.Duration
}

// How long a device has, and how often it may ask.
const (
	DeviceLife     = 10 * time.Minute
	deviceInterval = 5 * time.Second
)

// DevicePagePath is the page on which people type user codes, below the issuer.
const DevicePagePath = "/device"

// Device begins a device grant. Errors are *Error and have their error id.
func (s *Server) Device(ctx context.Context, request *DeviceRequest) (*DeviceAnswer, error) {
	ctx, done := hurry(ctx)
	defer done()
	client, _, err := s.AuthenticateClient(ctx, request.Origin, request.Auth)
	if err == nil {
		err = s.admit(client)
	}
	var answer *DeviceAnswer
	if err == nil {
		answer, err = s.beginDevice(ctx, client, request)
	}
	if err != nil {
		return nil, s.Refuse(ctx, request.Origin, claimedClient(request.Auth), err)
	}
	return answer, nil
}

func (s *Server) beginDevice(ctx context.Context, client *Client, request *DeviceRequest) (*DeviceAnswer, error) {
	if err := mayUse(client, DeviceCode{}.Type()); err != nil {
		return nil, err
	}
	asked := &authorization{asked: &Asked{Client: client}, parameters: Parameters{"scope": {request.Scope}, "resource": request.Resource}}
	for _, hold := range []func(*Server, context.Context, *authorization) error{askedScope, askedResources} {
		if err := hold(s, ctx, asked); err != nil {
			return nil, err
		}
	}
	scope := asked.asked.Scope
	waiting := &DeviceGrant{ClientID: client.ID, Scope: scope.Items, Offline: s.wantsOffline(client, request.AccessType, scope),
		From: request.Origin.Address, EndsAt: s.now().Add(DeviceLife)}
	for range 5 {
		waiting.UserCode = newUserCode()
		code, err := s.Devices.Begin(ctx, waiting)
		if errors.Is(err, ErrUsed) {
			continue // another device has that user code now
		}
		if err != nil {
			return nil, err
		}
		page := s.Issuer + DevicePagePath
		return &DeviceAnswer{DeviceCode: code, UserCode: waiting.UserCode, Page: page, PageWithCode: page + "?user_code=" + waiting.UserCode,
			ExpiresIn: DeviceLife, Interval: deviceInterval}, nil
	}
	return nil, Unavailable(errors.New("no free user code was found"), time.Second)
}

// userCodeLetters make no words and are not mistaken for each other (RFC 8628 section 6.1).
const userCodeLetters = "BCDFGHJKLMNPQRSTVWXZ"

func newUserCode() string {
	var code strings.Builder
	for i := range 8 {
		if i == 4 {
			code.WriteByte('-')
		}
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(userCodeLetters))))
		if err != nil {
			panic(err) // crypto/rand does not fail
		}
		code.WriteByte(userCodeLetters[n.Int64()])
	}
	return code.String()
}

// cleanUserCode reads what a person typed: in any case, with or without the hyphen or blanks. Empty if it can be no user code.
func cleanUserCode(typed string) string {
	var code []byte
	for _, c := range []byte(strings.ToUpper(typed)) {
		switch {
		case c == '-' || c == ' ':
		case strings.IndexByte(userCodeLetters, c) < 0 || len(code) == 8:
			return ""
		default:
			code = append(code, c)
		}
	}
	if len(code) != 8 {
		return ""
	}
	return string(code[:4]) + "-" + string(code[4:])
}

// DeviceAsked finds what the device wants whose user code a person typed: for the page that asks the person. Wrong codes
// count against their source, since there are few enough to guess. Errors are *Error and have their error id.
func (s *Server) DeviceAsked(ctx context.Context, origin Origin, typed string) (*Asked, error) {
	asked, err := s.deviceAsked(ctx, origin, typed)
	if err != nil {
		return nil, s.Refuse(ctx, origin, "", err)
	}
	return asked, nil
}

func (s *Server) deviceAsked(ctx context.Context, origin Origin, typed string) (*Asked, error) {
	if wait := s.Throttle.Blocked(origin.Address, deviceName); wait > 0 {
		return nil, &Error{Code: TooManyRequests, RetryAfter: wait, Description: "too many wrong codes from this address; wait before trying again"}
	}
	var waiting *DeviceGrant
	err := ErrNotFound
	if code := cleanUserCode(typed); code != "" {
		waiting, err = s.Devices.Find(ctx, code, s.now())
	}
	if errors.Is(err, ErrNotFound) {
		s.Throttle.Failed(origin.Address, deviceName)
		return nil, refusal(InvalidRequest, "that code is not, or no longer, one that a device is showing")
	}
	if err != nil {
		return nil, err
	}
	client, err := s.Clients.Client(ctx, waiting.ClientID)
	if errors.Is(err, ErrNotFound) || err == nil && client.Disabled {
		return nil, refusal(InvalidRequest, "the service that the device belongs to is no longer there")
	}
	if err != nil {
		return nil, err
	}
	scope, err := s.resolveScope(ctx, client, nil, strings.Join(waiting.Scope, " "), s.reservedItems(client))
	if err != nil {
		return nil, err
	}
	return &Asked{Client: client, Scope: scope, Offline: waiting.Offline, RequestCredentials: "default"}, nil
}

// deviceName is the name under which wrong user codes are counted.
const deviceName = "device"

// DecideDevice tells the device what the person decided: StepIssue or StepDeny. Errors are *Error and have their error id.
func (s *Server) DecideDevice(ctx context.Context, origin Origin, typed string, step *Step) error {
	asked, err := s.deviceAsked(ctx, origin, typed)
	if err == nil {
		err = s.decideDevice(ctx, origin, asked, cleanUserCode(typed), step)
	}
	if err != nil {
		return s.Refuse(ctx, origin, "", err)
	}
	return nil
}

func (s *Server) decideDevice(ctx context.Context, origin Origin, asked *Asked, code string, step *Step) error {
	var family *Family
	if step.Kind == StepIssue {
		scope, err := s.allowed(ctx, asked, step)
		if err != nil {
			return err
		}
		family = s.newFamily(origin, asked.Client, step.Subject, scope.Items)
		family.AuthTime, family.Methods, family.Level, family.Session = step.AuthTime, step.Methods, step.Level, step.Session
		family.Proof = step.Proof
		family.EndsAt = s.now().Add(s.Policy.accessTokenLife() + DeviceLife)
		if asked.Offline {
			s.keepOffline(family)
		}
	}
	err := s.Devices.Decide(ctx, code, family, s.now())
	if errors.Is(err, ErrEnded) {
		return signedOut()
	}
	if errors.Is(err, ErrNotFound) || errors.Is(err, ErrUsed) {
		return refusal(InvalidRequest, "that code has ended, or was decided already")
	}
	return err
}
