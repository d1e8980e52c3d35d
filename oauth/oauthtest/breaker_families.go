package oauthtest

import (
	"context"
	"time"

	"example.org/hub/oauth"
)

type brokenFamilies struct {
	oauth.Families
	*breaker
}

func (p brokenFamilies) RedeemCode(ctx context.Context, origin oauth.Origin, code, clientID string, now time.Time) (*oauth.Family, string, error) {
	if err := p.fault("Families.RedeemCode"); err != nil {
		return nil, "", err
	}
	return p.Families.RedeemCode(ctx, origin, code, clientID, now)
}

func (p brokenFamilies) SaveRefresh(ctx context.Context, family *oauth.Family) (string, error) {
	if err := p.fault("Families.SaveRefresh"); err != nil {
		return "", err
	}
	return p.Families.SaveRefresh(ctx, family)
}

func (p brokenFamilies) Holds(ctx context.Context, family *oauth.Family) error {
	if err := p.fault("Families.Holds"); err != nil {
		return err
	}
	return p.Families.Holds(ctx, family)
}

func (p brokenFamilies) FindRefresh(ctx context.Context, text string) (*oauth.Family, error) {
	if err := p.fault("Families.FindRefresh"); err != nil {
		return nil, err
	}
	return p.Families.FindRefresh(ctx, text)
}

func (p brokenFamilies) RedeemRefresh(ctx context.Context, use oauth.RefreshUse) (string, error) {
	if err := p.fault("Families.RedeemRefresh"); err != nil {
		return "", err
	}
	return p.Families.RedeemRefresh(ctx, use)
}

func (p brokenFamilies) End(ctx context.Context, origin oauth.Origin, family *oauth.Family, why string) error {
	if err := p.fault("Families.End"); err != nil {
		return err
	}
	return p.Families.End(ctx, origin, family, why)
}
