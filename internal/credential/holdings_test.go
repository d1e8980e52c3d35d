package credential_test

import (
	"testing"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/store/storetest"
)

func TestWhatSomebodyHoldsIsCountedAsItIsListed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		d := newDesk(t, database)
		ctx, bob := t.Context(), d.users["bob"].ID
		d.equip("bob")
		total := 0
		for _, environment := range hub.Environments() {
			actor := system
			actor.Environment = environment
			clients, others, err := d.Held(ctx, actor, environment, bob)
			if err != nil {
				t.Fatal(err)
			}
			listed, err := d.Holdings(ctx, actor, environment, bob)
			if err != nil {
				t.Fatal(err)
			}
			most := len(listed.PermanentTokens) + len(listed.ApplicationPasswords) + len(listed.RefreshTokens) + len(listed.ApprovedScopes)
			if clients != len(listed.APIClients) || others != most {
				t.Errorf("%s: %d clients and %d others are counted, %d and %d listed", environment, clients, others, len(listed.APIClients), most)
			}
			total += clients + others
		}
		if total != 6 { // the application password is good in both
			t.Errorf("%d are counted in all, want 6", total)
		}
		if _, _, err := d.Held(ctx, d.as("eve"), hub.Production, bob); !fault.Is(err, fault.Forbidden) {
			t.Errorf("eve is told how much bob holds: %v", err)
		}
	})
}
