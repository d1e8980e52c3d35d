package hub_test

import (
	"testing"
	"time"

	"example.org/hub/internal/hub"
)

func TestAGroupTakesThoseItIsMeantForByThemselves(t *testing.T) {
	person := hub.User{ID: "u", Kind: hub.Person, Email: "ada@Example.test", EmailVerified: true}
	unproven, elsewhere := person, person
	unproven.EmailVerified = false
	elsewhere.Email = "ada@example.test.evil.test"
	for what, c := range map[string]struct {
		group hub.Group
		user  hub.User
		want  bool
	}{
		"everybody":               {hub.Group{AutoJoin: true}, unproven, true},
		"nobody":                  {hub.Group{AutoJoinDomain: "example.test"}, person, false},
		"an address there":        {hub.Group{AutoJoin: true, AutoJoinDomain: "example.test"}, person, true},
		"an address not verified": {hub.Group{AutoJoin: true, AutoJoinDomain: "example.test"}, unproven, false},
		"an address elsewhere":    {hub.Group{AutoJoin: true, AutoJoinDomain: "example.test"}, elsewhere, false},
		"the guest":               {hub.Group{AutoJoin: true}, hub.GuestUser(), false},
	} {
		if got := c.group.Takes(c.user); got != c.want {
			t.Errorf("%s: %t", what, got)
		}
	}
}

func TestTheRuleOfASecondFactorWaitsForTheGraceOfWhoCameLast(t *testing.T) {
	set := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	day := 24 * time.Hour
	rule := hub.Group{RequireTwoFactor: true, TwoFactorGrace: 14 * day, TwoFactorSince: set}
	for what, c := range map[string]struct {
		member hub.Member
		at     time.Time
		want   bool
	}{
		"there before the rule":       {hub.Member{Group: rule}, set.Add(13 * day), false},
		"and when the grace has gone": {hub.Member{Group: rule}, set.Add(14 * day), true},
		"joined after the rule":       {hub.Member{Group: rule, Since: set.Add(30 * day)}, set.Add(43 * day), false},
		"and its own grace has gone":  {hub.Member{Group: rule, Since: set.Add(30 * day)}, set.Add(44 * day), true},
		"no grace":                    {hub.Member{Group: hub.Group{RequireTwoFactor: true}}, set, true},
		"no rule":                     {hub.Member{Group: hub.Group{}}, set, false},
	} {
		if got := c.member.NeedsTwoFactor(c.at); got != c.want {
			t.Errorf("%s: %t", what, got)
		}
	}
}
