package audit_test

import (
	"net/netip"
	"testing"
	"time"

	"example.org/hub/internal/audit"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/store/storetest"
	"example.org/hub/oauth"
)

func TestTheOwnerOfAnAppSeesFromWhereItWasUsedInVain(t *testing.T) {
	s := storetest.SQLite(t).Open(t)
	now := hub.Now()
	denied := func(id, address, setting string, at time.Time, count int64) hub.Refusal {
		return hub.Refusal{
			ErrorID: id, At: at, Environment: hub.Production, Door: "login", ClientID: "98434376",
			Address: address, Code: "invalid_client", Setting: setting, Count: count,
		}
	}
	err := s.InsertRefusals(t.Context(), []hub.Refusal{
		denied("first", "192.0.2.55", oauth.SettingAllowlist, now.Add(-time.Hour), 1),
		denied("again", "::ffff:192.0.2.55", oauth.SettingAllowlist, now, 2),
		denied("allowed-since", "203.0.113.7", oauth.SettingAllowlist, now, 1),
		denied("of-the-key", "192.0.2.56", oauth.SettingSecrets, now, 1),
		denied("long-ago", "192.0.2.57", oauth.SettingAllowlist, now.Add(-48*time.Hour), 1),
	})
	if err != nil {
		t.Fatal(err)
	}
	app := hub.App{
		ID: "98434376", Environment: hub.Production, UserID: "ada",
		Allowlist: []hub.AllowedAddress{{Prefix: netip.MustParsePrefix("203.0.113.0/24")}},
	}
	log := &audit.Log{Store: s}
	for name, tc := range map[string]struct {
		actor hub.Actor
		sees  int
	}{
		"its owner":              {who("ada", hub.Production), 1},
		"another user":           {who("ben", hub.Production), 0},
		"in another environment": {who("ada", hub.Test), 0},
	} {
		found, err := log.Denied(t.Context(), tc.actor, app, now.Add(-24*time.Hour))
		if err != nil || len(found) != tc.sees {
			t.Errorf("%s: %+v, %v", name, found, err)
		}
		if len(found) == 1 && (found[0].Address.String() != "192.0.2.55" || found[0].Attempts != 3 || !found[0].Last.Equal(now)) {
			t.Errorf("%s: %+v", name, found)
		}
	}
}
