package demo_test

import (
	"strings"
	"testing"

	"example.org/hub/internal/declare"
	"example.org/hub/internal/demo"
	"example.org/hub/internal/directory"
	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
	"example.org/hub/internal/store"
)

func open(t *testing.T) *store.Store {
	t.Helper()
	db, err := store.Open(t.Context(), store.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if err := directory.Bootstrap(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	return db
}

func master(t *testing.T) *secret.Master {
	t.Helper()
	m, err := secret.NewMaster([]byte(strings.Repeat("k", 32)))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestADatabaseKeepsItsSample(t *testing.T) {
	db, key := open(t), master(t)
	first, err := demo.Keep(t.Context(), db, key)
	if err != nil {
		t.Fatal(err)
	}
	second, err := demo.Keep(t.Context(), db, key)
	if err != nil {
		t.Fatal(err)
	}
	if *first != *second {
		t.Error("a second start has other secrets")
	}
	other, err := demo.Keep(t.Context(), open(t), key)
	if err != nil {
		t.Fatal(err)
	}
	if other.AppKey == first.AppKey || other.AdaPassword == first.AdaPassword {
		t.Error("two databases share secrets")
	}
}

func TestSamplePeopleStayOutOfARealHub(t *testing.T) {
	db := open(t)
	now := hub.Now()
	err := db.Tx(t.Context(), func(tx *store.Tx) error {
		return tx.InsertUser(t.Context(), hub.User{ID: hub.NewID(), Login: "grace", Name: "Grace", Kind: hub.Person, CreatedAt: now, UpdatedAt: now})
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := demo.Keep(t.Context(), db, master(t)); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "--data") {
		t.Errorf("the answer is %v", err)
	}
}

func TestTheSampleIsBroughtInOnce(t *testing.T) {
	db, key := open(t), master(t)
	sample, err := demo.Keep(t.Context(), db, key)
	if err != nil {
		t.Fatal(err)
	}
	text, err := sample.Declaration("https://localhost:8464")
	if err != nil {
		t.Fatal(err)
	}
	document, err := declare.Parse("the sample", text)
	if err != nil {
		t.Fatal(err)
	}
	first, err := declare.Apply(t.Context(), db, key, document, declare.Options{Actor: hub.System("dev")})
	if err != nil || first.Empty() {
		t.Fatalf("changes %v, error %v", first, err)
	}
	second, err := declare.Apply(t.Context(), db, key, document, declare.Options{Actor: hub.System("dev")})
	if err != nil || !second.Empty() {
		t.Errorf("a second time: changes %v, error %v", second, err)
	}
}
