package storetest_test

import (
	"context"
	"net/netip"
	"testing"
	"time"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
)

// everything is one of each noun, all fields set.
type everything struct {
	organisation hub.Organisation
	retired      hub.RetiredKey
	user         hub.User
	password     hub.Password
	totp         hub.TOTP
	group        hub.Group
	role         hub.Role
	grants       []hub.Grant // to the user, the group, everyone, the service
	service      hub.Service
	secret       hub.Secret
	client       hub.APIClient
	clientSecret hub.Secret
	app          hub.App
	token        hub.PermanentToken
	application  hub.ApplicationPassword
	key          hub.SigningKey
	revoked      hub.RevokedToken
	opaque       hub.OpaqueToken
	assertion    hub.UsedAssertion
	session      hub.Session
	event        hub.Event
	refusal      hub.Refusal
	settings     hub.Settings
}

func sample() everything {
	at := func(minutes int) time.Time {
		return time.UnixMilli(1_700_000_000_123).UTC().Add(time.Duration(minutes) * time.Minute)
	}
	e := everything{
		organisation: hub.Organisation{ID: "o1", Key: "Demo", Name: "Demo Ltd", CreatedAt: at(0), UpdatedAt: at(1)},
		retired:      hub.RetiredKey{ID: "r1", Organisation: "o1", Label: "2016 key", Digest: []byte{0, 1}, CreatedAt: at(0)},
		user: hub.User{
			ID: "u1", Login: "Ada", Name: "Ada Demo", Email: "Ada@Example.test", EmailVerified: true, Kind: hub.Person,
			Organisation: "o1", Banned: true, BanReason: "on leave", CreatedAt: at(0), UpdatedAt: at(2),
		},
		password: hub.Password{UserID: "u1", Hash: "$argon2id$", ChangedAt: at(3), MustChange: true},
		totp:     hub.TOTP{UserID: "u1", Sealed: []byte{0, 2}, LastStep: 7, ConfirmedAt: at(4)},
		group: hub.Group{
			ID: "g1", Name: "Staff", Description: "everyone who works here", RequireTwoFactor: true,
			CreatedAt: at(0), UpdatedAt: at(5),
		},
		role: hub.Role{
			ID: "role1", Key: "Operator", Name: "Payments operator", Description: "pays",
			Permissions: []string{"payments:create", "payments:read"}, CreatedAt: at(0), UpdatedAt: at(6),
		},
		service: hub.Service{
			ID: "s1", Environment: hub.Test, Key: "Payments", Name: "Payments API", Organisation: "o1",
			Trusted: true, Public: true, Disabled: true,
			ServiceSettings: hub.ServiceSettings{
				HomeURL:      "https://Payments.example.test:443/home",
				RedirectURIs: []string{"https://payments.example.test/cb", "com.example:/cb", "http://127.0.0.1:8080/cb"},
				Flows:        hub.ModernFlows(),
				Permissions:  []hub.Permission{{Key: "create", Name: "Create payment"}}, Viewers: []string{"g1"},
			},
			CreatedAt: at(0), UpdatedAt: at(7),
		},
		secret: hub.Secret{
			ID: "sec1", Owner: "s1", Environment: hub.Test, Digest: []byte{0, 3}, Hint: "abcd",
			CreatedAt: at(0), ExpiresAt: at(8), LastUsedAt: at(9), Suspended: true,
		},
		client: hub.APIClient{
			ID: "c1", Environment: hub.Test, UserID: "u1", AuthorID: "u9", Label: "Nightly", Limited: true, Disabled: true,
			CreatedAt: at(0), LastUsedAt: at(10), LastUsedFrom: "192.0.2.2", LastAgent: "curl",
		},
		clientSecret: hub.Secret{ID: "sec2", Owner: "c1", Environment: hub.Test, Digest: []byte{0, 4}, Hint: "efgh", CreatedAt: at(0)},
		app: hub.App{
			ID: "98434376", Environment: hub.Test, UserID: "u1", AuthorID: "u9", Label: "Checkout",
			SealedKey: []byte{0, 5}, Digest: []byte{0, 6}, PreviousDigest: []byte{0, 7}, PreviousEndsAt: at(11),
			Allowlist: []hub.AllowedAddress{
				{ID: "a1", Prefix: netip.MustParsePrefix("127.0.0.0/8"), Note: "here", CreatedAt: at(12)},
				{ID: "a2", Prefix: netip.MustParsePrefix("::1/128"), CreatedAt: at(13)},
			},
			Disabled: true, Suspended: true, CreatedAt: at(0), LastUsedAt: at(14), LastUsedFrom: "::1", LastAgent: "pos",
		},
		token: hub.PermanentToken{
			ID: "t1", Environment: hub.Test, UserID: "u1", AuthorID: "u9", AuthorName: "Root", Name: "Export",
			Scope: []string{"Hub", "administer"}, Services: []string{"0-0-0-0-0"}, Cap: []string{"hub:user-read"},
			Permissions: []string{}, ReadOnly: true, Allowlist: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")},
			Digest: []byte{0, 8}, Hint: "ijkl", Suspended: true,
			CreatedAt: at(0), ExpiresAt: at(15), LastUsedAt: at(16),
			LastUsedFrom: "192.0.2.1", LastAgent: "curl", LastService: "s1",
		},
		application: hub.ApplicationPassword{
			ID: "ap1", UserID: "u1", AuthorID: "u9", Name: "Mail", Digest: []byte{0, 9}, Hint: "mnop", Suspended: true,
			CreatedAt: at(0), LastUsedAt: at(17), LastUsedFrom: "::1", LastAgent: "curl", LastService: "s1",
		},
		key: hub.SigningKey{
			ID: "k1", Environment: hub.Test, Use: hub.UseAccess, Algorithm: "ES256",
			Sealed: []byte{0, 10}, Public: []byte(`{"kty":"EC"}`), CreatedAt: at(0), ActiveAt: at(18), RemoveAt: at(19),
		},
		revoked: hub.RevokedToken{Environment: hub.Test, TokenID: "j1", ExpiresAt: at(20)},
		opaque: hub.OpaqueToken{
			Digest: []byte{0, 11}, Environment: hub.Test, TokenID: "j2", ClientID: "s1", Subject: "u1",
			Claims: []byte(`{"a":1}`), ExpiresAt: at(21),
		},
		assertion: hub.UsedAssertion{Environment: hub.Test, ClientID: "s1", TokenID: "j3", ExpiresAt: at(22)},
		session: hub.Session{
			ID: "se1", Digest: []byte{0, 12}, UserID: "u1", SignedInAt: at(0), Methods: []string{"pwd", "otp"}, Remembered: true,
			Address: "192.0.2.1", Agent: "a browser", CreatedAt: at(0), LastSeenAt: at(23), ExpiresAt: at(24),
		},
		event: hub.Event{
			ID: "e1", At: at(25), Environment: hub.Test, AuthorID: "u9", AuthorName: "Root",
			Action: "service.create", TargetType: "service", TargetID: "s1", TargetName: "Payments API",
			Door: "rest", Address: "192.0.2.1", Credential: "t1", Result: hub.Refused,
			Reason: "not allowed", ErrorID: "err1", Details: `{"key":"Payments"}`,
		},
		refusal: hub.Refusal{
			ErrorID: "err2", At: at(26), Environment: hub.Test, Door: "login",
			ClientID: "98434376", UserID: "u1", Address: "192.0.2.9", Code: "unauthorized", Reason: "address",
			Expected: "127.0.0.0/8", Received: "192.0.2.9", Setting: "allowlist", Count: 3,
		},
		settings: hub.Settings{DefaultFlows: "classic"},
	}
	e.grants = []hub.Grant{
		{ID: "gr1", RoleID: "role1", HolderKind: hub.HolderUser, HolderID: "u1", Organisation: "o1", Environment: hub.Test, CreatedAt: at(0)},
		{ID: "gr2", RoleID: "role1", HolderKind: hub.HolderGroup, HolderID: "g1", CreatedAt: at(0)},
		{ID: "gr3", RoleID: "role1", HolderKind: hub.HolderGroup, HolderID: hub.AllUsersGroupID, CreatedAt: at(0)},
		{ID: "gr4", RoleID: "role1", HolderKind: hub.HolderService, HolderID: "s1", CreatedAt: at(0)},
	}
	return e
}

// insert writes it all in one transaction.
func (e everything) insert(t testing.TB, s *store.Store) {
	t.Helper()
	ctx := t.Context()
	err := s.Tx(ctx, func(tx *store.Tx) error {
		steps := []error{
			tx.InsertOrganisation(ctx, e.organisation), tx.InsertRetiredKey(ctx, e.retired),
			tx.InsertUser(ctx, e.user), tx.SetPassword(ctx, e.password), tx.SetTOTP(ctx, e.totp),
			tx.InsertGroup(ctx, e.group), tx.AddMember(ctx, e.group.ID, e.user.ID),
			tx.InsertRole(ctx, e.role), tx.InsertService(ctx, e.service), tx.InsertSecret(ctx, e.secret),
			tx.InsertAPIClient(ctx, e.client), tx.InsertSecret(ctx, e.clientSecret), tx.InsertApp(ctx, e.app),
			tx.InsertPermanentToken(ctx, e.token), tx.InsertApplicationPassword(ctx, e.application),
			tx.InsertSigningKey(ctx, e.key), tx.RevokeToken(ctx, e.revoked), tx.InsertOpaqueToken(ctx, e.opaque),
			tx.InsertSession(ctx, e.session), tx.Record(ctx, e.event), tx.SetSettings(ctx, e.settings),
		}
		if _, err := tx.UseAssertion(ctx, e.assertion); err != nil {
			return err
		}
		for _, grant := range e.grants {
			steps = append(steps, tx.InsertGrant(ctx, grant))
		}
		for _, err := range steps {
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		err = s.InsertRefusals(ctx, []hub.Refusal{e.refusal})
	}
	if err != nil {
		t.Fatal(err)
	}
}

// question is a read of one noun, and what it must give.
type question struct {
	name string
	want any
	ask  func(context.Context, store.Reader) (any, error)
}

// asked wraps a read of any type.
func asked[T any](name string, want T, ask func(context.Context, store.Reader) (T, error)) question {
	return question{name, want, func(ctx context.Context, r store.Reader) (any, error) { return ask(ctx, r) }}
}

// whole wraps a read without arguments.
func whole[T any](name string, want T, ask func(*store.Reader, context.Context) (T, error)) question {
	return question{name, want, func(ctx context.Context, r store.Reader) (any, error) { return ask(&r, ctx) }}
}
