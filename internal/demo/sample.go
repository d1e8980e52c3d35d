package demo

import (
	"bytes"
	"context"
	"crypto/rand"
	_ "embed"
	"encoding/json"
	"strings"
	"text/template"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/store"
)

// Sample is the secrets of the sample people and services of one database. Their ids are the same everywhere.
type Sample struct {
	AdaPassword, BenPassword, CleoPassword secret.Value
	PaymentsSecret, ShopSecret             secret.Value // of the services
	WebAppSecret                           secret.Value // of the example web application
	APIClientSecret, AppKey                secret.Value // of ben
	PermanentToken                         secret.Value // of ben, for Hub and payments
}

// PaymentsID is the service whose API the example API is.
func (*Sample) PaymentsID() string { return "98071167-004c-4ddf-ba37-5d4599fdf319" }

// ShopID is the service that calls it on its own behalf.
func (*Sample) ShopID() string { return "0b9f3a52-6d0e-4c55-9f0e-2f6f3c1d7a41" }

// WebAppID is the example web application.
func (*Sample) WebAppID() string { return "7d0c8f1e-2b6a-4e0b-9a53-6c1f4d2e8b90" }

// APIClientID is the API client of ben.
func (*Sample) APIClientID() string { return "5a1f0d3c-52f5-4a0c-9a86-3f2d5b1e7c11" }

// AppID is the app of ben.
func (*Sample) AppID() string { return "98434376" }

// parts lists the secrets with the names under which they are kept and how each is made.
func (s *Sample) parts() []part {
	ours := func(kind secret.Kind) func() secret.Value {
		return func() secret.Value { return secret.New(kind, false) }
	}
	return []part{
		{"ada's password", &s.AdaPassword, newPassword},
		{"ben's password", &s.BenPassword, newPassword},
		{"cleo's password", &s.CleoPassword, newPassword},
		{"payments' secret", &s.PaymentsSecret, ours(secret.ClientSecret)},
		{"shop's secret", &s.ShopSecret, ours(secret.ClientSecret)},
		{"web application's secret", &s.WebAppSecret, ours(secret.ClientSecret)},
		{"API client's secret", &s.APIClientSecret, ours(secret.ClientSecret)},
		{"app's key", &s.AppKey, ours(secret.AppKey)},
		{"permanent token", &s.PermanentToken, ours(secret.PermanentToken)},
	}
}

type part struct {
	name string
	at   *secret.Value
	make func() secret.Value
}

// newPassword makes one that can be typed: 60 random bits in three groups.
func newPassword() secret.Value {
	text := strings.ToLower(rand.Text())
	return secret.Value(text[:4] + "-" + text[4:8] + "-" + text[8:12])
}

// The sample's secrets are kept in the database, sealed with the master key: a second start shows the same ones, and the
// entry tells a database that was made to try things out from one that people rely on.
const (
	metaKey     = "demo-sample"
	sealPurpose = "demo-sample"
)

// Keep gives the sample of a database, which must be begun. A new database gets a fresh one. A database in which there are
// people already, and no sample, is fault.Invalid: nobody wants an administrator with a printed password there.
func Keep(ctx context.Context, db *store.Store, master *secret.Master) (*Sample, error) {
	sealed, err := db.Meta(ctx, metaKey)
	if err == nil {
		return opened(master, sealed)
	}
	if !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	s, kept := &Sample{}, map[string]string{}
	for _, p := range s.parts() {
		*p.at = p.make()
		kept[p.name] = p.at.Reveal()
	}
	text, err := json.Marshal(kept)
	if err != nil {
		return nil, err
	}
	return s, db.Tx(ctx, func(tx *store.Tx) error {
		people, err := tx.CountUsers(ctx)
		if err != nil {
			return err
		}
		if people > 1 { // the guest is always there
			return fault.New(fault.Invalid, "this hub was not made by hub dev and has people in it: sample people with printed passwords do not belong there; give another --data (or --database), or run hub serve")
		}
		return tx.SetMeta(ctx, metaKey, master.Seal(sealPurpose, text))
	})
}

func opened(master *secret.Master, sealed []byte) (*Sample, error) {
	text, err := master.Open(sealPurpose, sealed)
	if err != nil {
		return nil, err
	}
	var kept map[string]string
	if err := json.Unmarshal(text, &kept); err != nil {
		return nil, err
	}
	s := &Sample{}
	for _, p := range s.parts() {
		if *p.at = secret.Value(kept[p.name]); kept[p.name] == "" {
			return nil, fault.New(fault.Invalid, "this hub was made by hub dev of another version: give another --data")
		}
	}
	return s, nil
}

//go:embed hub.yaml.tmpl
var declaration string

// Declaration is the hub.yaml of the sample, secrets in the clear: for the database it was kept in, at once. webApp is where the
// example web application answers this time.
func (s *Sample) Declaration(webApp string) ([]byte, error) {
	form, err := template.New("hub.yaml").Option("missingkey=error").Parse(declaration)
	if err != nil {
		return nil, err
	}
	var text bytes.Buffer
	err = form.Execute(&text, struct {
		*Sample
		WebApp string
	}{s, webApp})
	return text.Bytes(), err
}
