package hub_test

import (
	"strings"
	"testing"

	"example.org/hub/internal/hub"
)

func TestKeyFromNameIsAKey(t *testing.T) {
	for name, want := range map[string]string{
		"Payments API": "payments-api", "YouTrack": "youtrack", "  A / B: c  ": "a-b-c", "Bücher": "bücher",
		"???": "", "a--b": "a--b", "a  b": "a-b", "#1": "1",
	} {
		got := hub.KeyFromName(name)
		if got != want || (got != "" && hub.CheckKey(got) != "") {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}

func TestWhatIsBroughtAlongHasAForm(t *testing.T) {
	for text, good := range map[string]bool{
		"a-long-secret": true, "12345678": true, "1234567": false, "": false,
		strings.Repeat("x", 1025): false, "12345678 ": false, "ääääääää": true,
	} {
		if (hub.CheckSecret(text) == "") != good {
			t.Errorf("secret %q", text)
		}
	}
	for id, good := range map[string]bool{
		"5a1f0d3c-52f5-4a0c-9a86-3f2d5b1e7c11": true, "5A1F0D3C-52F5-4A0C-9A86-3F2D5B1E7C11": false,
		"5a1f0d3c": false, "": false,
	} {
		if (hub.CheckClientID(id) == "") != good {
			t.Errorf("client id %q", id)
		}
	}
	for id, good := range map[string]bool{"98434376": true, "9843437": false, "984343761": false, "9843437x": false, "": false} {
		if (hub.CheckAppID(id) == "") != good {
			t.Errorf("app id %q", id)
		}
	}
}

func TestWhatExistsFromTheStartStaysWhatItIs(t *testing.T) {
	role := hub.DefaultRoles()[0]
	changed := role
	changed.Permissions = []string{"hub:user-read"}
	if wrong := role.CheckChange(changed); len(wrong) != 1 || wrong[0].Name != "permissions" {
		t.Error(wrong)
	}
	changed = role
	changed.Name = "Root"
	if wrong := role.CheckChange(changed); len(wrong) != 0 {
		t.Error(wrong)
	}
	service := hub.HubService(hub.Production)
	if wrong := service.Check(); len(wrong) != 0 {
		t.Error(wrong)
	}
	other := service
	other.Disabled, other.HomeURL = true, "https://hub.example.test"
	if wrong := service.CheckChange(other); len(wrong) != 1 || wrong[0].Name != "disabled" {
		t.Error(wrong)
	}
	guest := hub.GuestUser()
	if wrong := guest.Check(); len(wrong) != 0 {
		t.Error(wrong)
	}
	person := guest
	person.Kind = hub.Person
	if wrong := guest.CheckChange(person); len(wrong) != 1 || wrong[0].Name != "kind" {
		t.Error(wrong)
	}
	if wrong := hub.AllUsersGroup().Check(); len(wrong) != 0 {
		t.Error(wrong)
	}
	for _, role := range hub.DefaultRoles() {
		if wrong := role.Check(); len(wrong) != 0 {
			t.Error(role.Key, wrong)
		}
	}
}
