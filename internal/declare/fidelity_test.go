package declare_test

import (
	"errors"
	"reflect"
	"testing"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
	"example.org/hub/internal/store/storetest"
)

// Whatever a noun gets in the future has to be carried out and back in: a field that export forgets is lost with every
// move. A field that is no state to declare is named here, with the reason.
func TestExportForgetsNoFieldOfANoun(t *testing.T) {
	d := newDesk(t, storetest.SQLite(t))
	d.apply("version: 1\norganisations: [{id: o, key: o}]\ngroups: [{id: g, name: g}]\nusers: [{id: u, login: u}]\n")
	left := map[string]string{
		"CreatedAt": "when a row was made", "UpdatedAt": "when a row was changed",
		"LastUsedAt": "last use", "LastUsedFrom": "last use", "LastAgent": "last use", "LastService": "last use",
		"UserID": "the entry stands under its user", "Owner": "the entry stands under its owner", "Services": "follows from Scope",
		"Digest of an app": "follows from its key",
	}
	insert := map[string]func(tx *store.Tx, noun any) error{
		"service": func(tx *store.Tx, noun any) error { return tx.InsertService(t.Context(), *noun.(*hub.Service)) },
		"user":    func(tx *store.Tx, noun any) error { return tx.InsertUser(t.Context(), *noun.(*hub.User)) },
		"group":   func(tx *store.Tx, noun any) error { return tx.InsertGroup(t.Context(), *noun.(*hub.Group)) },
		"role":    func(tx *store.Tx, noun any) error { return tx.InsertRole(t.Context(), *noun.(*hub.Role)) },
		"organisation": func(tx *store.Tx, noun any) error {
			return tx.InsertOrganisation(t.Context(), *noun.(*hub.Organisation))
		},
		"API client": func(tx *store.Tx, noun any) error { return tx.InsertAPIClient(t.Context(), *noun.(*hub.APIClient)) },
		"app":        func(tx *store.Tx, noun any) error { return tx.InsertApp(t.Context(), *noun.(*hub.App)) },
		"permanent token": func(tx *store.Tx, noun any) error {
			return tx.InsertPermanentToken(t.Context(), *noun.(*hub.PermanentToken))
		},
		"application password": func(tx *store.Tx, noun any) error {
			return tx.InsertApplicationPassword(t.Context(), *noun.(*hub.ApplicationPassword))
		},
		"secret": func(tx *store.Tx, noun any) error { return tx.InsertSecret(t.Context(), *noun.(*hub.Secret)) },
	}
	for what, fresh := range map[string]func() any{
		"service":      func() any { return &hub.Service{ID: "x", Environment: hub.Production, Key: "x", Name: "x"} },
		"user":         func() any { return &hub.User{ID: "x", Login: "x", Name: "x", Kind: hub.Person} },
		"group":        func() any { return &hub.Group{ID: "x", Name: "x"} },
		"role":         func() any { return &hub.Role{ID: "x", Key: "x", Name: "x"} },
		"organisation": func() any { return &hub.Organisation{ID: "x", Key: "x", Name: "x"} },
		"API client":   func() any { return &hub.APIClient{ID: "x", Environment: hub.Production, UserID: "u", Label: "x"} },
		"app":          func() any { return &hub.App{ID: "x", Environment: hub.Production, UserID: "u", Label: "x"} },
		"permanent token": func() any {
			return &hub.PermanentToken{
				ID: "x", Environment: hub.Production, UserID: "u", Name: "x",
				Scope: []string{"hub"}, Services: []string{hub.HubServiceID},
			}
		},
		"application password": func() any { return &hub.ApplicationPassword{ID: "x", UserID: "u", Name: "x"} },
		"secret":               func() any { return &hub.Secret{ID: "x", Environment: hub.Production, Owner: hub.HubServiceID} },
	} {
		exported := func(noun any) string {
			var text string
			rollBack := errRollBack
			err := d.store.Tx(t.Context(), func(tx *store.Tx) error {
				if err := insert[what](tx, noun); err != nil {
					return err
				}
				text = d.exportIn(tx.Reader)
				return rollBack
			})
			if err != rollBack {
				t.Fatalf("%s: %v", what, err)
			}
			return text
		}
		plain := exported(fresh())
		for _, name := range fieldNames(reflect.TypeOf(fresh()).Elem()) {
			noun := fresh()
			if left[name] != "" || left[name+" of an "+what] != "" || what == "secret" && name == "ID" ||
				!vary(reflect.ValueOf(noun).Elem().FieldByName(name), name) {
				continue
			}
			if exported(noun) == plain {
				t.Errorf("%s: export forgets %s: add it to the table of the noun, to describe.go and to its want function, or say here why not", what, name)
			}
		}
	}
}

func fieldNames(of reflect.Type) []string {
	var names []string
	for i := range of.NumField() {
		if f := of.Field(i); f.Anonymous {
			names = append(names, fieldNames(f.Type)...)
		} else {
			names = append(names, f.Name)
		}
	}
	return names
}

// vary gives a field another value of its type that the database takes.
func vary(v reflect.Value, name string) bool {
	switch name {
	case "Environment":
		v.SetString(string(hub.Test))
		return true
	case "Organisation":
		v.SetString("o")
		return true
	case "Scope":
		v.Set(reflect.ValueOf([]string{"hub", "administer"}))
		return true
	case "Viewers":
		v.Set(reflect.ValueOf([]string{"g"}))
		return true
	case "Permissions":
		if v.Type() == reflect.TypeOf([]hub.Permission{}) {
			v.Set(reflect.ValueOf([]hub.Permission{{Key: "p"}}))
			return true
		}
	case "PreviousDigest", "PreviousEndsAt": // one without the other is nothing
		return false
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString("other")
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Slice:
		one := reflect.New(v.Type().Elem()).Elem()
		switch value := one.Addr().Interface().(type) {
		case *uint8:
			*value = 1
		case *string:
			*value = "hub"
		case *hub.Flow:
			*value = hub.Implicit
		}
		v.Set(reflect.Append(reflect.MakeSlice(v.Type(), 0, 1), one))
		if name == "Allowlist" {
			return false // see the round trip of everything
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
	case reflect.Struct:
		if name != "ExpiresAt" {
			return false
		}
		v.Set(reflect.ValueOf(hub.Now().AddDate(1, 0, 0)))
	default:
		return false
	}
	return true
}

var errRollBack = errors.New("roll back")
