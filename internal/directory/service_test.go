package directory_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/store/storetest"
)

func TestServicesAreRegisteredByWhoMay(t *testing.T) {
	d := newDesk(t, storetest.SQLite(t))
	ctx := t.Context()
	root := d.user("root", "", hub.AllPermissions)
	registrar := d.user("registrar", "", "hub:service-create", "hub:service-update", "hub:service-delete")
	payments := hub.Service{Environment: hub.Production, Name: "Payments API", ServiceSettings: hub.ServiceSettings{
		HomeURL: "https://payments.example.test", RedirectURIs: []string{"https://payments.example.test/cb"},
		ApplicationName: "P", Vendor: "V", Version: "1",
	}}
	made, shown, err := d.directory.CreateService(ctx, d.as(registrar, hub.Production), payments, "")
	if err != nil || made.Key != "payments-api" || len(made.Flows) != 3 || shown == "" || made.ID == "" {
		t.Fatalf("%+v %v", made, err)
	}
	secrets, err := d.store.Secrets(ctx, hub.Production, made.ID)
	if err != nil || len(secrets) != 1 || !secret.Equal(secrets[0].Digest, d.master.Digest(shown.Reveal())) ||
		strings.Contains(d.lastEvent().Details, shown.Reveal()) {
		t.Error(secrets, err)
	}
	for name, c := range map[string]struct {
		actor  hub.Actor
		change func(*hub.Service)
		secret secret.Value
		want   fault.Kind
	}{
		"name that is taken":       {d.as(registrar, hub.Production), func(*hub.Service) {}, "", fault.Conflict},
		"name that is a key":       {d.as(registrar, hub.Production), func(s *hub.Service) { s.Name = "PAYMENTS-API" }, "", fault.Conflict},
		"key made of another name": {d.as(registrar, hub.Production), func(s *hub.Service) { s.Name = "Payments: API" }, "", fine},
		"secret brought along":     {d.as(registrar, hub.Production), func(s *hub.Service) { s.Name = "b" }, "a-long-secret", fine},
		"short secret":             {d.as(registrar, hub.Production), func(s *hub.Service) { s.Name = "c" }, "short", fault.Invalid},
		"secret that looks like ours": {d.as(registrar, hub.Production), func(s *hub.Service) {
			s.Name = "c"
		}, secret.New(secret.PermanentToken, false), fault.Invalid},
		"public": {d.as(registrar, hub.Production), func(s *hub.Service) { s.Name, s.Public = "d", true }, "", fine},
		"public with a secret": {d.as(registrar, hub.Production), func(s *hub.Service) {
			s.Name, s.Public = "e", true
		}, "a-long-secret", fault.Invalid},
		"trusted":            {d.as(registrar, hub.Production), func(s *hub.Service) { s.Name, s.Trusted = "f", true }, "", fault.Forbidden},
		"trusted by who may": {d.as(root, hub.Production), func(s *hub.Service) { s.Name, s.Trusted = "g", true }, "", fine},
		"asking nobody": {d.as(registrar, hub.Production), func(s *hub.Service) {
			s.Name, s.SkipConsent = "f", true
		}, "", fault.Forbidden},
		"id of a user":      {d.as(registrar, hub.Production), func(s *hub.Service) { s.Name, s.ID = "m", root.ID }, "", fault.Conflict},
		"after a while":     {stale(d.as(registrar, hub.Production)), func(s *hub.Service) { s.Name = "h" }, "", fault.StepUp},
		"other environment": {d.as(registrar, hub.Test), func(s *hub.Service) { s.Name = "i" }, "", fault.Forbidden},
		"redirect URI": {d.as(registrar, hub.Production), func(s *hub.Service) {
			s.Name, s.RedirectURIs = "j", []string{"http://x/"}
		}, "", fault.Invalid},
		"organisation": {d.as(registrar, hub.Production), func(s *hub.Service) {
			s.Name, s.Organisation = "k", "x"
		}, "", fault.Invalid},
		"viewer": {d.as(registrar, hub.Production), func(s *hub.Service) {
			s.Name, s.Viewers = "l", []string{"x"}
		}, "", fault.Invalid},
		"no name":       {d.as(registrar, hub.Production), func(s *hub.Service) { s.Name = "" }, "", fault.Invalid},
		"reserved name": {d.as(registrar, hub.Production), func(s *hub.Service) { s.Name = "openid" }, "", fault.Invalid},
	} {
		wanted := payments
		c.change(&wanted)
		got, shown, err := d.directory.CreateService(ctx, c.actor, wanted, c.secret)
		d.expect(name, err, c.want)
		if name == "key made of another name" && got.Key != "payments-api-2" ||
			name == "public" && (shown != "" || len(got.Flows) != 2) ||
			name == "secret brought along" && shown != c.secret {
			t.Errorf("%s: %+v %s", name, got, shown.Hint())
		}
	}
	vouched := payments
	vouched.Name, vouched.SkipConsent = "Vouched", true
	vouched, _, err = d.directory.CreateService(ctx, d.as(root, hub.Production), vouched, "")
	d.expect("asking nobody, by who may", err, fine)
	mighty := payments
	mighty.Name = "Mighty"
	mighty, _, err = d.directory.CreateService(ctx, d.as(root, hub.Production), mighty, "")
	d.expect("another", err, fine)
	_, err = d.directory.GrantNamed(ctx, system,
		hub.Grant{RoleID: hub.SystemAdmin, HolderKind: hub.HolderService, HolderID: mighty.ID, Environment: hub.Production})
	d.expect("a role of its own", err, fine)
	itself := hub.Actor{ServiceID: made.ID, Name: made.Name, Environment: hub.Production, Fresh: true, Door: "rest"}
	for name, c := range map[string]struct {
		actor hub.Actor
		id    string
		edit  func(*hub.Service)
		want  fault.Kind
	}{
		"home": {stale(d.as(registrar, hub.Production)), made.ID, func(s *hub.Service) {
			s.HomeURL = "https://a.example.test"
		}, fine},
		"trusted":       {d.as(registrar, hub.Production), made.ID, func(s *hub.Service) { s.Trusted = true }, fault.Forbidden},
		"asking nobody": {d.as(registrar, hub.Production), made.ID, func(s *hub.Service) { s.SkipConsent = true }, fault.Forbidden},
		"keys of who may more": {d.as(registrar, hub.Production), mighty.ID, func(s *hub.Service) {
			s.JWKSURI = "https://a.example.test/k"
		}, fault.Forbidden},
		"home of who may more": {d.as(registrar, hub.Production), mighty.ID, func(s *hub.Service) { s.HomeURL = "https://a.example.test" }, fine},
		"where vouched leads": {d.as(registrar, hub.Production), vouched.ID, func(s *hub.Service) {
			s.RedirectURIs = []string{"https://evil.example.test"}
		}, fault.Forbidden},
		"vendor of vouched": {d.as(registrar, hub.Production), vouched.ID, func(s *hub.Service) { s.Vendor = "W" }, fine},
		"vouched by who may": {d.as(root, hub.Production), vouched.ID, func(s *hub.Service) {
			s.RedirectURIs = []string{"https://b.example.test"}
		}, fine},
		"keys": {d.as(registrar, hub.Production), made.ID, func(s *hub.Service) { s.JWKSURI = "https://a.example.test/k" }, fine},
		"keys after a while": {stale(d.as(registrar, hub.Production)), made.ID, func(s *hub.Service) {
			s.JWKSURI = "https://b.example.test/k"
		}, fault.StepUp},
		"public with secrets": {d.as(registrar, hub.Production), made.ID, func(s *hub.Service) { s.Public = true }, fault.Invalid},
		"own version":         {itself, made.ID, func(s *hub.Service) { s.Version = "2" }, fine},
		"own home":            {itself, made.ID, func(s *hub.Service) { s.HomeURL = "https://b.example.test" }, fault.Forbidden},
		"another's version":   {itself, hub.HubServiceID, func(s *hub.Service) { s.Version = "2" }, fault.Forbidden},
		"Hub's home by registrar": {d.as(registrar, hub.Production), hub.HubServiceID, func(s *hub.Service) {
			s.HomeURL = "https://b.example.test"
		}, fault.Forbidden},
		"Hub's home": {d.as(root, hub.Production), hub.HubServiceID, func(s *hub.Service) {
			s.HomeURL = "https://c.example.test"
		}, fine},
		"Hub's end":         {d.as(root, hub.Production), hub.HubServiceID, func(s *hub.Service) { s.Disabled = true }, fault.Invalid},
		"other environment": {d.as(root, hub.Test), made.ID, func(s *hub.Service) { s.Disabled = true }, fault.Forbidden},
		"nothing there":     {d.as(root, hub.Production), "x", func(s *hub.Service) { s.Disabled = true }, fault.NotFound},
		"in place": {d.as(registrar, hub.Production), made.ID, func(s *hub.Service) {
			s.RedirectURIs[0] = "http://evil.example.test"
		}, fault.Invalid},
	} {
		_, err := d.directory.UpdateService(ctx, c.actor, hub.Production, c.id, c.edit)
		d.expect(name, err, c.want)
	}
	d.expect("delete Hub", d.directory.DeleteService(ctx, d.as(root, hub.Production), hub.Production, hub.HubServiceID), fault.Conflict)
	d.expect("delete from the other environment", d.directory.DeleteService(ctx, d.as(root, hub.Test), hub.Production, made.ID), fault.Forbidden)
	d.expect("delete", d.directory.DeleteService(ctx, d.as(registrar, hub.Production), hub.Production, made.ID), fine)
	d.expect("settings", d.directory.SetSettings(ctx, d.as(root, hub.Production), hub.Settings{DefaultFlows: "classic"}), fine)
	d.expect("settings of another kind", d.directory.SetSettings(ctx, d.as(root, hub.Production), hub.Settings{DefaultFlows: "old"}), fault.Invalid)
	d.expect("settings without permission", d.directory.SetSettings(ctx, d.as(registrar, hub.Production), hub.Settings{}), fault.Forbidden)
	if classic, _, err := d.directory.CreateService(ctx, d.as(root, hub.Production),
		hub.Service{Environment: hub.Production, Name: "Old"}, ""); err != nil || len(classic.Flows) != 5 {
		t.Errorf("%+v %v", classic, err)
	}
}

func TestServicesAreNamedToWhoMayKnowOfThem(t *testing.T) {
	d := newDesk(t, storetest.SQLite(t))
	ctx := t.Context()
	root := d.as(d.user("root", "", hub.AllPermissions), hub.Production)
	group, err := d.directory.CreateGroup(ctx, root, hub.Group{Name: "Insiders"})
	if err != nil {
		t.Fatal(err)
	}
	for name, viewers := range map[string][]string{"Open": nil, "Closed": {group.ID}} {
		service := hub.Service{Environment: hub.Production, Name: name, ServiceSettings: hub.ServiceSettings{Viewers: viewers}}
		if _, _, err := d.directory.CreateService(ctx, root, service, ""); err != nil {
			t.Fatal(err)
		}
	}
	asked := []string{"open", "CLOSED", "nowhere"}
	stranger := d.as(d.user("stranger", ""), hub.Production)
	elsewhere := root
	elsewhere.Environment = hub.Test
	for name, c := range map[string]struct {
		actor hub.Actor
		want  []string
	}{
		"whoever reads services":   {root, []string{"Closed", "Open"}},
		"whoever may use one":      {stranger, []string{"Open"}},
		"in the other environment": {elsewhere, nil},
		"a service, of others":     {hub.Actor{ServiceID: "x", Environment: hub.Production}, []string{"Open"}},
	} {
		found, err := d.directory.ServicesNamed(ctx, c.actor, hub.Production, asked)
		var names []string
		for _, service := range found {
			names = append(names, service.Name)
		}
		slices.Sort(names)
		if err != nil || !slices.Equal(names, c.want) {
			t.Errorf("%s: %v %v, want %v", name, names, err, c.want)
		}
	}
}

// Nodes tell the time of the database: a token that another node issues to a new service is not older than the service.
func TestAServiceIsMadeByTheClockThatNodesShare(t *testing.T) {
	database := storetest.SQLite(t)
	database.Options.Clock = func() time.Time { return time.Now().Add(-3 * time.Minute) }
	d := newDesk(t, database)
	service, _, err := d.directory.CreateService(t.Context(), system, hub.Service{Environment: hub.Production, Name: "Wiki"}, "")
	if err != nil {
		t.Fatal(err)
	}
	if now := d.store.Now(); service.CreatedAt.After(now) {
		t.Errorf("made at %v, which is after %v", service.CreatedAt, now)
	}
}
