package hub_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"example.org/hub/internal/hub"
)

func TestGrantReachesItsEnvironmentAndOrganisationOnly(t *testing.T) {
	roles := map[string]hub.Role{
		"r":   {ID: "r", Permissions: []string{"payments:create"}},
		"all": {ID: "all", Permissions: []string{hub.AllPermissions}},
	}
	for name, c := range map[string]struct {
		grant               hub.Grant
		global, inDemo, own bool
	}{
		"everywhere":                {hub.Grant{RoleID: "r"}, true, true, true},
		"other environment":         {hub.Grant{RoleID: "r", Environment: hub.Test}, false, false, false},
		"one organisation":          {hub.Grant{RoleID: "r", Organisation: "demo"}, false, true, false},
		"a role that is gone":       {hub.Grant{RoleID: "x"}, false, false, false},
		"everything":                {hub.Grant{RoleID: "all"}, true, true, true},
		"everything in one":         {hub.Grant{RoleID: "all", Organisation: "demo"}, false, true, false},
		"everything in another one": {hub.Grant{RoleID: "all", Organisation: "else"}, false, false, false},
	} {
		held := hub.Effective(roles, []hub.Grant{c.grant}, hub.Production)
		if held.Has("payments:create") != c.global || held.HasIn("demo", "payments:create") != c.inDemo ||
			held.HasIn("", "payments:create") != c.own {
			t.Errorf("%s: %v", name, held.Encode())
		}
	}
}

func TestServiceIsToldOfItsOwnPermissionsOnly(t *testing.T) {
	declared := []hub.Permission{{Key: "read"}, {Key: "create"}}
	held := hub.NewPermissions("payments:create", "paymentsx:read", "hub:user-read", "demo/payments:read")
	if got := held.In("payments", "", declared); !slices.Equal(got, []string{"payments:create"}) {
		t.Errorf("outside: %v", got)
	}
	if got := held.In("payments", "demo", declared); !slices.Equal(got, []string{"payments:create", "payments:read"}) {
		t.Errorf("inside: %v", got)
	}
	if got := hub.NewPermissions(hub.AllPermissions).In("payments", "", declared); !slices.Equal(got, []string{"payments:create", "payments:read"}) {
		t.Errorf("everything: %v", got)
	}
}

func sets() *rapid.Generator[hub.Permissions] {
	key := rapid.SampledFrom([]string{"a:1", "a:2", "b:1", "demo/a:1", "demo/b:1", "else/a:2", hub.AllPermissions, "demo/*"})
	return rapid.Custom(func(t *rapid.T) hub.Permissions {
		return hub.NewPermissions(rapid.SliceOfN(key, 0, 5).Draw(t, "keys")...)
	})
}

func TestCoversIsAnOrderUnderUnionAndIntersection(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := sets().Draw(t, "a"), sets().Draw(t, "b")
		sum, both := a.Union(b), a.Intersect(b)
		if !sum.Covers(a) || !sum.Covers(b) {
			t.Fatalf("union %v does not cover %v and %v", sum.Encode(), a.Encode(), b.Encode())
		}
		if !a.Covers(both) || !b.Covers(both) {
			t.Fatalf("intersection %v is not covered by %v and %v", both.Encode(), a.Encode(), b.Encode())
		}
		if a.Covers(b) && !both.Covers(b) {
			t.Fatalf("%v covers %v, yet their intersection is %v", a.Encode(), b.Encode(), both.Encode())
		}
		again := hub.NewPermissions(a.Encode()...)
		if !again.Covers(a) || !a.Covers(again) {
			t.Fatalf("%v comes back as %v", a.Encode(), again.Encode())
		}
		for _, organisation := range []string{"", "demo", "else"} {
			for _, key := range []string{"a:1", "a:2", "b:1"} {
				if both.HasIn(organisation, key) != (a.HasIn(organisation, key) && b.HasIn(organisation, key)) {
					t.Fatalf("%s in %q: %v and %v give %v", key, organisation, a.Encode(), b.Encode(), both.Encode())
				}
			}
		}
	})
}

func TestNamesThatLookLikeOthersAreRefused(t *testing.T) {
	for _, name := range []string{"", "  ", "a\u202eb", "a\x00b", "line\nbreak", string([]byte{0xff}), string(make([]rune, 300))} {
		if hub.CheckName(name) == "" {
			t.Errorf("name %q is taken", name)
		}
	}
	for _, name := range []string{"Ada Demo", "Übung №1", "日本語", "👩‍🚀"} {
		if reason := hub.CheckName(name); reason != "" {
			t.Errorf("name %q: %s", name, reason)
		}
	}
	for _, key := range []string{"a b", "a:b", "a/b", "a?b"} {
		if hub.CheckKey(key) == "" {
			t.Errorf("key %q is taken", key)
		}
	}
	if hub.Fold(" ADA@Example.test") != "ada@example.test" || hub.Fold("e\u0301") != hub.Fold("\u00e9") {
		t.Error("folding")
	}
}
