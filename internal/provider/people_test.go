package provider_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
	"example.org/hub/internal/store/storetest"
	"example.org/hub/oauth"
	"example.org/hub/oauth/jose"
)

func TestAProfileTellsWhatIsKnownAndNothingElse(t *testing.T) {
	d := newHub(t, storetest.SQLite(t))
	people := d.server(d.node, hub.Production, issuer).People
	bare := hub.User{ID: "bare", Login: "bare", Kind: hub.Person, CreatedAt: hub.Now(), UpdatedAt: hub.Now()}
	full := hub.User{
		ID: "ada", Login: "ada", Name: "Ada Demo", Email: "ada@example.test", EmailVerified: true,
		Kind: hub.Person, CreatedAt: hub.Now(), UpdatedAt: hub.Now(),
	}
	group := hub.Group{ID: "g", Name: "Staff", CreatedAt: hub.Now(), UpdatedAt: hub.Now()}
	d.tx(func(ctx context.Context, tx *store.Tx) error {
		return errors.Join(tx.InsertUser(ctx, bare), tx.InsertUser(ctx, full), tx.InsertGroup(ctx, group), tx.AddMember(ctx, "g", "ada"))
	})
	told := func(id string) map[string]any {
		claims, err := people.Profile(t.Context(), &oauth.Subject{ID: id})
		if err != nil {
			t.Fatal(err)
		}
		return claims
	}
	for id, want := range map[string]map[string]any{
		"bare": {"preferred_username": "bare", "groups": []string{}, "updated_at": bare.UpdatedAt.Unix()},
		"ada": {"preferred_username": "ada", "name": "Ada Demo", "email": "ada@example.test", "email_verified": true, "groups": []string{"Staff"},
			"updated_at": full.UpdatedAt.Unix()},
	} {
		if diff := cmp.Diff(want, told(id)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", id, diff)
		}
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(told("ada"))), slices.Sorted(slices.Values(people.Claims()))); diff != "" {
		t.Errorf("what metadata names is not all there is to tell:\n%s", diff)
	}
	group.Name = "Everyone here"
	d.tx(func(ctx context.Context, tx *store.Tx) error { return tx.UpdateGroup(ctx, group) })
	if got := told("ada")["groups"]; !cmp.Equal(got, []string{"Everyone here"}) {
		t.Errorf("after the group was renamed: %v", got)
	}
	if _, err := people.Profile(t.Context(), &oauth.Subject{ID: "nobody"}); !errors.Is(err, oauth.ErrNotFound) {
		t.Errorf("of nobody: %v", err)
	}
}

func TestIDTokensAreSignedOnceTheirKeysWereMade(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database storetest.Database) {
		d := newHub(t, database)
		server := d.server(d.node, hub.Production, issuer)
		var trouble *oauth.Error
		if _, err := server.IDKeys.IDSigner(t.Context(), jose.RS256); !errors.As(err, &trouble) || trouble.Code != oauth.TemporarilyUnavailable {
			t.Errorf("before: %v", err)
		}
		for range 2 {
			if err := d.node.EnsureIDKeys(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		set, err := server.Keys.Published(t.Context())
		if err != nil || len(set.Keys()) != 4 {
			t.Fatalf("published: %v, %v", set, err)
		}
		for _, algorithm := range []jose.Algorithm{jose.RS256, jose.ES256, jose.EdDSA} {
			signer, err := server.IDKeys.IDSigner(t.Context(), algorithm)
			if err != nil {
				t.Fatal(err)
			}
			text, err := signer.Sign([]byte(`{}`))
			if err != nil {
				t.Fatal(err)
			}
			if _, _, err := set.Verify(text, oauth.TypeIDToken); err != nil {
				t.Errorf("%s: %v", algorithm, err)
			}
		}
	})
}
