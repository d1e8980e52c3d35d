package oauth_test

import (
	"context"
	"errors"
	"time"

	"example.org/hub/oauth"
)

var errGone = oauth.Unavailable(errors.New("the database is gone"), time.Second)

// nowhere is a port of families that cannot keep any.
type nowhere struct{ oauth.Families }

func (nowhere) SaveCode(context.Context, *oauth.Family, time.Time) (string, error) {
	return "", errGone
}

// noClients is a port of clients that cannot find any.
type noClients struct{ oauth.Clients }

func (noClients) Client(context.Context, string) (*oauth.Client, error) { return nil, errGone }

// careless is an interaction that lets everybody through.
type careless struct{ step *oauth.Step }

func (c careless) Next(context.Context, *oauth.Asked, any) (*oauth.Step, error) { return c.step, nil }
func (careless) SignedIn(any) bool                                              { return true }
