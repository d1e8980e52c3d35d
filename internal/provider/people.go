package provider

import (
	"context"

	"example.org/hub/oauth"
)

// people is the port oauth.People.
type people struct{ view }

// Claims names what is known of any user.
func (people) Claims() []string {
	return []string{"name", "preferred_username", "updated_at", "email", "email_verified", "groups"}
}

// Profile gives what is known of a user: the names of claims are those of OpenID Connect Core 1.0 section 5.1.
func (p people) Profile(ctx context.Context, subject *oauth.Subject) (map[string]any, error) {
	who, err := p.person(ctx, subject.ID)
	if err != nil {
		return nil, err
	}
	user := who.user
	claims := map[string]any{"preferred_username": user.Login, "groups": who.groupNames, "updated_at": user.UpdatedAt.Unix()}
	if user.Name != "" {
		claims["name"] = user.Name
	}
	if user.Email != "" {
		claims["email"], claims["email_verified"] = user.Email, user.EmailVerified
	}
	return claims, nil
}
